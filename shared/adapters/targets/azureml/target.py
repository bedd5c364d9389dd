"""Azure ML's managed online endpoints, as the port ServingTarget.

Each long operation is begun once and its poller dropped; what became of it is read with a get.
"""

from collections.abc import Sequence
from pathlib import Path

import serving
from shared.adapters.targets.azureml import (
    assets,
    autoscale,
    deployments,
    endpoints,
    preflight,
    region_sizes,
)
from shared.adapters.targets.azureml.assets import ScoringCode
from shared.adapters.targets.azureml.connection import Connection
from shared.adapters.targets.azureml.metrics import AzureMLMetrics
from shared.adapters.targets.azureml.predictions import Predictions
from shared.config import Settings
from shared.domain.catalogue import InstanceType
from shared.domain.endpoint import (
    AutoscaleSetting,
    Deployment,
    DeploymentPlan,
    Endpoint,
    Keys,
    Marks,
    Prediction,
    WhichKey,
    Workspace,
)
from shared.domain.model import ModelVersion
from shared.domain.naming import LEGAL_NAME, NAME_RULE, NameRules
from shared.domain.quota import Quota
from shared.domain.release import Autoscale
from shared.domain.traffic import TrafficSplit
from shared.ports.serving_target import Capabilities
from shared.ports.sizes import ReleasedSizes, Sizes

SERVING = ScoringCode(Path(serving.__path__[0]))
"""What runs inside every endpoint."""


class AzureMLTarget:
    """One for each process: it holds the SDK's client, the HTTP client and the keys in use."""

    kind = "azureml"
    names = NameRules(LEGAL_NAME, NAME_RULE)
    can = Capabilities()

    def __init__(
        self, settings: Settings, scoring: ScoringCode = SERVING, sizes: Sizes | None = None
    ) -> None:
        """`scoring`: what runs inside endpoints. `sizes`: those of the release where left out."""
        self.connection = Connection(settings, sizes or ReleasedSizes())
        predictions = Predictions(self.connection)
        self.provisioning = AzureMLProvisioner(self.connection, predictions, scoring)
        self.inference = AzureMLInference(self.connection, predictions)
        self.preflight = AzureMLPreflight(self.connection)
        self.metrics = AzureMLMetrics(self.connection)


class AzureMLProvisioner:
    """The port Provisioner; each method calls the module of its resource."""

    def __init__(
        self, connection: Connection, predictions: Predictions, scoring: ScoringCode
    ) -> None:
        self._connection, self._predictions, self._scoring = connection, predictions, scoring

    def endpoint(self, name: str) -> Endpoint | None:
        return endpoints.read(self._connection, name)

    def endpoints(self) -> list[Endpoint]:
        return endpoints.read_all(self._connection)

    def put_endpoint(self, name: str, marks: Marks) -> None:
        endpoints.put(self._connection, name, marks)

    def delete_endpoint(self, name: str) -> None:
        endpoints.delete(self._connection, name)
        self._predictions.forget(name)

    def register_model(self, name: str, version: str, folder: Path) -> ModelVersion:
        return assets.register_model(self._connection, name, version, folder)

    def deployment(self, endpoint_name: str, name: str) -> Deployment | None:
        return deployments.read(self._connection, endpoint_name, name)

    def deployments(self, endpoint_name: str) -> list[Deployment]:
        return deployments.read_all(self._connection, endpoint_name)

    def put_deployment(self, plan: DeploymentPlan) -> None:
        deployments.put(self._connection, plan, self._scoring)

    def delete_deployment(self, endpoint_name: str, name: str) -> None:
        deployments.delete(self._connection, endpoint_name, name)

    def put_instances(self, endpoint_name: str, name: str, count: int) -> None:
        deployments.put_instances(self._connection, endpoint_name, name, count)

    def put_variables(self, endpoint_name: str, name: str, variables: dict[str, str]) -> None:
        deployments.put_variables(self._connection, endpoint_name, name, variables)

    def put_autoscale(self, endpoint_name: str, name: str, wanted: Autoscale, marks: Marks) -> None:
        autoscale.put(self._connection, endpoint_name, name, wanted, marks)

    def delete_autoscale(self, endpoint_name: str, name: str) -> None:
        autoscale.delete(self._connection, endpoint_name, name)

    def autoscale_settings(self) -> list[AutoscaleSetting]:
        return autoscale.read_all(self._connection)

    def put_traffic(self, endpoint_name: str, wanted: TrafficSplit) -> None:
        endpoints.put_traffic(self._connection, endpoint_name, wanted)

    def replace_key(self, endpoint_name: str, key: WhichKey) -> None:
        endpoints.replace_key(self._connection, endpoint_name, key)
        self._predictions.forget(endpoint_name)

    def why_endpoint_failed(self, name: str) -> Exception:
        return endpoints.why_failed(self._connection, name)

    def why_deployment_failed(self, endpoint_name: str, name: str) -> Exception:
        return deployments.why_failed(self._connection, endpoint_name, name)


class AzureMLInference:
    """The port Inference."""

    def __init__(self, connection: Connection, predictions: Predictions) -> None:
        self._connection, self._predictions = connection, predictions

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


class AzureMLPreflight:
    """The port Preflight."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def workspace(self) -> Workspace:
        return preflight.read_workspace(self._connection)

    def quota(self, instance_type: str) -> Quota:
        return self.quotas([instance_type])[0]

    def quotas(self, instance_types: Sequence[str]) -> list[Quota]:
        return preflight.read_quotas(self._connection, instance_types)

    def instance_types(self) -> list[InstanceType]:
        return region_sizes.read_instance_types(self._connection)
