"""Deployments that are gone and that ARM still holds to be there."""

from devstack.azureml_emulator.arm.errors import (
    ArmError,
    no_deployment,
    unknown_to_the_service,
)
from devstack.azureml_emulator.arm.records import asset_key
from devstack.azureml_emulator.workspace import Workspace


class Departed:
    """ARM learns of a deletion by the first request for what is gone: the service answers it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._keys: set[str] = set()

    def add(self, endpoint: str, name: str) -> None:
        self._keys.add(asset_key(endpoint, name))

    def missing(self, endpoint: str, name: str) -> ArmError:
        """404 for a deployment that does not exist: by the service once, and then by ARM."""
        key = asset_key(endpoint, name)
        if key not in self._keys:
            return no_deployment(endpoint, name, self._workspace)
        self._keys.discard(key)
        place = self._workspace
        return unknown_to_the_service(
            "NoSuchService",
            f"There is no service with name: {name}-{endpoint} in Subscription:"
            f" {place.subscription_id}, ResourceGroup: {place.resource_group}, Workspace:"
            f" {place.name}, ACR: {place.container_registry}",
        )
