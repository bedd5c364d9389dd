"""The one credential and the one MLClient of the process, made at first use."""

import logging
import threading
from typing import TYPE_CHECKING, Any

from shared.adapters.targets.azureml.answers import Intent
from shared.config import Settings
from shared.ports.sizes import Sizes

if TYPE_CHECKING:
    from azure.ai.ml import MLClient
    from azure.core import PipelineClient
    from azure.core.credentials import TokenCredential

ARM = "https://management.azure.com"
CONNECT_SECONDS = 10
READ_SECONDS = 60


class Connection:
    """Made without any I/O; `client` loads the SDK, which takes seconds, once."""

    def __init__(self, settings: Settings, sizes: Sizes) -> None:
        self._settings = settings
        self.sizes = sizes
        self._lock = threading.RLock()
        self._made: dict[str, Any] = {}

    @property
    def workspace(self) -> str:
        return self._settings.azure_workspace_name

    @property
    def group_id(self) -> str:
        """The ARM id of the workspace's resource group."""
        return (
            f"/subscriptions/{self._settings.azure_subscription_id}"
            f"/resourceGroups/{self._settings.azure_resource_group}"
        )

    @property
    def workspace_id(self) -> str:
        """The ARM id of the workspace."""
        return (
            f"{self.group_id}/providers/Microsoft.MachineLearningServices"
            f"/workspaces/{self.workspace}"
        )

    def endpoint_id(self, name: str) -> str:
        """The ARM id of one of the workspace's endpoints."""
        return f"{self.workspace_id}/onlineEndpoints/{name}"

    def deployment_id(self, endpoint: str, name: str) -> str:
        """The ARM id of one of an endpoint's deployments."""
        return f"{self.endpoint_id(endpoint)}/deployments/{name}"

    @property
    def client(self) -> "MLClient":
        """The SDK's client."""
        with self._lock:
            if "client" not in self._made:
                self._made["client"] = self._ml_client()
            client: MLClient = self._made["client"]
            return client

    @property
    def arm(self) -> "PipelineClient[Any, Any]":
        """Plain authenticated requests to ARM, for what the SDK's entities leave out."""
        with self._lock:
            if "arm" not in self._made:
                self._made["arm"] = self._arm_client()
            arm: PipelineClient[Any, Any] = self._made["arm"]
            return arm

    @property
    def _credential(self) -> "TokenCredential":
        if "credential" not in self._made:
            self._made["credential"] = credential_of(self._settings)
        credential: TokenCredential = self._made["credential"]
        return credential

    @property
    def subscription(self) -> str:
        return self._settings.azure_subscription_id

    def intent(
        self,
        action: str,
        *,
        endpoint: str = "",
        model: str = "",
        instance_type: str = "",
        instances: int = 1,
    ) -> Intent:
        """What is about to be asked, for the message of a failure: see Intent."""
        return Intent(
            action, self.workspace, endpoint, model, instance_type, instances, self.sizes.all
        )

    def _ml_client(self) -> "MLClient":
        from azure.ai.ml import MLClient

        from shared.adapters.targets.azureml.policies import (
            LeaveOperationsAlone,
            LeaveThrottlingAlone,
            RegisterNothing,
        )

        client = MLClient(
            self._credential,
            self._settings.azure_subscription_id,
            self._settings.azure_resource_group,
            self._settings.azure_workspace_name,
            enable_telemetry=False,
            connection_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retry_policy=LeaveThrottlingAlone(),
            per_call_policies=[LeaveOperationsAlone()],
            per_retry_policies=[RegisterNothing(self.workspace)],
        )
        # To the SDK every 404 is an error, every small machine a warning; what matters is raised.
        for name in ("azure.ai.ml", "azure.ai.ml._telemetry"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        return client

    def _arm_client(self) -> "PipelineClient[Any, Any]":
        from azure.core import PipelineClient
        from azure.core.pipeline.policies import BearerTokenCredentialPolicy

        from shared.adapters.targets.azureml.policies import LeaveThrottlingAlone

        bearer = BearerTokenCredentialPolicy(self._credential, f"{ARM}/.default")
        return PipelineClient(
            ARM,
            policies=[LeaveThrottlingAlone(), bearer],
            connection_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
        )


def credential_of(settings: Settings) -> "TokenCredential":
    """The managed identity; a service principal only where the settings hold one, whole."""
    from azure.identity import ClientSecretCredential, ManagedIdentityCredential

    if settings.azure_tenant_id and settings.azure_client_secret and settings.azure_client_id:
        return ClientSecretCredential(
            settings.azure_tenant_id,
            settings.azure_client_id,
            settings.azure_client_secret.get_secret_value(),
        )
    return ManagedIdentityCredential(client_id=settings.azure_client_id)
