"""Azure ML as the pipeline sees it: the port ServingTarget, method by method.

Each long operation is begun once and its poller dropped; what became of it is read with a get.
Nothing is written while an operation runs, and a second begin_* of the same thing does nothing.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import serving
from shared.adapters.targets.azureml import assets, deployments, endpoints, preflight
from shared.adapters.targets.azureml.assets import ScoringCode
from shared.adapters.targets.azureml.connection import Connection
from shared.adapters.targets.azureml.predictions import Predictions
from shared.config import Settings
from shared.domain.endpoint import (
    Deployment,
    DeploymentPlan,
    Endpoint,
    Keys,
    Prediction,
    WhichKey,
    Workspace,
)
from shared.domain.model import ModelVersion
from shared.domain.quota import Quota

SERVING = ScoringCode(Path(serving.__path__[0]))
"""What runs inside every endpoint."""


class AzureMLGateway:
    """One for each process: it holds the SDK's client, the HTTP client and the keys in use."""

    def __init__(self, settings: Settings, scoring: ScoringCode = SERVING) -> None:
        self._scoring = scoring
        self._connection = Connection(settings)
        self._predictions = Predictions(self._connection)

    def workspace(self) -> Workspace:
        return preflight.read_workspace(self._connection)

    def quota(self, instance_type: str) -> Quota:
        return preflight.read_quotas(self._connection, [instance_type])[0]

    def quotas(self, instance_types: Sequence[str]) -> list[Quota]:
        return preflight.read_quotas(self._connection, instance_types)

    def endpoint(self, name: str) -> Endpoint | None:
        return endpoints.read(self._connection, name)

    def endpoints(self, tag: str) -> list[Endpoint]:
        return endpoints.read_all(self._connection, tag)

    def begin_endpoint(self, name: str, tags: Mapping[str, str]) -> None:
        endpoints.begin(self._connection, name, tags)

    def begin_delete_endpoint(self, name: str) -> None:
        endpoints.begin_delete(self._connection, name)
        self._predictions.forget(name)

    def register_model(self, name: str, version: str, folder: Path) -> ModelVersion:
        return assets.register_model(self._connection, name, version, folder)

    def deployment(self, endpoint_name: str, name: str) -> Deployment | None:
        return deployments.read(self._connection, endpoint_name, name)

    def deployments(self, endpoint_name: str) -> list[Deployment]:
        return deployments.read_all(self._connection, endpoint_name)

    def begin_deployment(self, plan: DeploymentPlan) -> None:
        deployments.begin(self._connection, plan, self._scoring)

    def begin_delete_deployment(self, endpoint_name: str, name: str) -> None:
        deployments.begin_delete(self._connection, endpoint_name, name)

    def begin_traffic(self, endpoint_name: str, traffic: Mapping[str, int]) -> None:
        endpoints.begin_traffic(self._connection, endpoint_name, traffic)

    def failure_of_endpoint(self, name: str) -> Exception:
        return endpoints.failure(self._connection, name)

    def failure_of_deployment(self, endpoint_name: str, name: str) -> Exception:
        return deployments.failure(self._connection, endpoint_name, name)

    def score(
        self,
        endpoint_name: str,
        payload: bytes,
        *,
        deployment: str | None = None,
        timeout_seconds: float = 60,
    ) -> Prediction:
        return self._predictions.score(
            endpoint_name, payload, deployment=deployment, timeout_seconds=timeout_seconds
        )

    def describe(
        self, endpoint_name: str, deployment: str, *, timeout_seconds: float
    ) -> Prediction:
        return self._predictions.describe(
            endpoint_name, deployment=deployment, timeout_seconds=timeout_seconds
        )

    def logs(self, endpoint_name: str, deployment: str, *, lines: int, container: str) -> str:
        return deployments.logs(
            self._connection, endpoint_name, deployment, lines=lines, container=container
        )

    def keys(self, endpoint_name: str) -> Keys:
        return endpoints.read_keys(self._connection, endpoint_name)

    def begin_rotate_key(self, endpoint_name: str, key: WhichKey) -> None:
        endpoints.begin_replacing_key(self._connection, endpoint_name, key)
        self._predictions.forget(endpoint_name)
