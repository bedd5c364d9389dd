"""The port to one cloud's online serving, in words that are no cloud's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

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
from shared.domain.metrics import Served
from shared.domain.model import ModelVersion
from shared.domain.naming import NameRules
from shared.domain.quota import Quota
from shared.domain.release import Autoscale
from shared.domain.traffic import TrafficSplit


class Provisioner(Protocol):
    """What is there, and plain changes of it: begun, then observed with a get. Nothing waits.

    Whose a thing is, whether to put it again and what a conflict means is decided above
    (activities/support/ownership.py). A put while an operation runs is TransientError
    endpoint_busy.
    """

    def endpoint(self, name: str) -> Endpoint | None:
        """None where there is none."""
        ...

    def endpoints(self) -> list[Endpoint]:
        """Every endpoint that carries marks of a Slipway."""
        ...

    def put_endpoint(self, name: str, marks: Marks) -> None:
        """Begin to create it; of one that is there only the marks are changed."""
        ...

    def delete_endpoint(self, name: str) -> None:
        """Begin to remove it; one that is missing or being removed is success."""
        ...

    def register_model(self, name: str, version: str, folder: Path) -> ModelVersion:
        """Upload and register; an existing version is success."""
        ...

    def deployment(self, endpoint_name: str, name: str) -> Deployment | None:
        """None where there is none, or no such endpoint."""
        ...

    def deployments(self, endpoint_name: str) -> list[Deployment]:
        """All on this endpoint; none where there is no such endpoint."""
        ...

    def put_deployment(self, plan: DeploymentPlan) -> None:
        """Register what it is made of where that is new, then begin to create it, with no traffic.

        One that is there keeps its number of instances, which autoscale may have changed.
        """
        ...

    def delete_deployment(self, endpoint_name: str, name: str) -> None:
        """Begin to remove it; one that is missing or being removed is success.

        It must have no traffic.
        """
        ...

    def put_instances(self, endpoint_name: str, name: str, count: int) -> None:
        """Begin to change how many instances a deployment has. Raises DeploymentMissing."""
        ...

    def put_variables(self, endpoint_name: str, name: str, variables: dict[str, str]) -> None:
        """Begin to replace all environment variables that its user gave it.

        Its containers are replaced, its image is not. Raises DeploymentMissing.
        """
        ...

    def put_autoscale(self, endpoint_name: str, name: str, wanted: Autoscale, marks: Marks) -> None:
        """Make or replace its autoscale setting; done when this returns."""
        ...

    def delete_autoscale(self, endpoint_name: str, name: str) -> None:
        """Remove its autoscale setting; done when this returns.

        One that is missing is success, also where the deployment is gone.
        """
        ...

    def autoscale_settings(self) -> list[AutoscaleSetting]:
        """Every one that carries marks of a Slipway, whether its deployment is there or not."""
        ...

    def put_traffic(self, endpoint_name: str, wanted: TrafficSplit) -> None:
        """Begin to change traffic and mirror; everything else of the endpoint stays.

        Raises EndpointVanished, DeploymentMissing.
        """
        ...

    def replace_key(self, endpoint_name: str, key: WhichKey) -> None:
        """Begin to replace one of the endpoint's two keys; the other stays as it is."""
        ...

    def why_endpoint_failed(self, name: str) -> Exception:
        """Why it is FAILED: a ServingRefused, or a TransientError where it may be put again."""
        ...

    def why_deployment_failed(self, endpoint_name: str, name: str) -> Exception:
        """The same of a deployment; `detail` has the end of the container's log."""
        ...


class Inference(Protocol):
    """A live endpoint, as its clients have it."""

    def score(
        self,
        endpoint_name: str,
        payload: bytes,
        *,
        deployment: str | None = None,
        timeout_seconds: float = 60,
    ) -> Prediction:
        """POST the body to the endpoint as a client would, with its key; any status is an answer.

        `deployment`: ask this one whatever the traffic is. Raises EndpointVanished, and
        TransientError where no answer comes in time.
        """
        ...  # fmt: skip

    def describe(
        self, endpoint_name: str, deployment: str, *, timeout_seconds: float
    ) -> Prediction:
        """GET the serving code's own OpenAPI document: the model's columns and an example row."""
        ...

    def logs(self, endpoint_name: str, deployment: str, *, lines: int, container: str) -> str:
        """The last lines of a container's log. Raises DeploymentMissing.

        `container`: inference-server or storage-initializer.
        """
        ...

    def keys(self, endpoint_name: str) -> Keys:
        """Both keys of the endpoint. Raises EndpointVanished."""
        ...


class Metrics(Protocol):
    """What the cloud has measured. Its numbers are a minute or more behind."""

    def served(
        self, endpoint_name: str, deployment: str, since: datetime, until: datetime
    ) -> Served:
        """Requests of one deployment in this window, those copied to it included."""
        ...

    def requests(self, endpoint_name: str, since: datetime, until: datetime) -> int:
        """Requests of the endpoint in this window."""
        ...


class Preflight(Protocol):
    """What can be known before anything costs money."""

    def workspace(self) -> Workspace:
        """Raises ServingRefused workspace_missing, not_authorized, identity_unavailable."""
        ...

    def quota(self, instance_type: str) -> Quota:
        """The cores that the region allows for this size's family, and how many are used."""
        ...

    def quotas(self, instance_types: Sequence[str]) -> list[Quota]:
        """The same of several sizes, read at once, in their order."""
        ...

    def instance_types(self) -> list[InstanceType]:
        """What the workspace's region offers to online endpoints, with the region's prices."""
        ...


@dataclass(frozen=True)
class Capabilities:
    """What a cloud can do; what it cannot is refused above, before it is asked."""

    keys: bool = True
    """Endpoints have keys of their own, which can be replaced."""
    traffic_split: bool = True
    """Several deployments of an endpoint can serve at once."""
    mirror: bool = True
    """Requests can be copied to a deployment whose answers are dropped."""
    autoscale: bool = True
    """The cloud can change the number of instances by their load."""


class ServingTarget(Protocol):
    """One cloud, in parts: what is there, predictions, what can be known before, metrics."""

    @property
    def kind(self) -> str:
        """As rows name it: azureml."""
        ...

    @property
    def names(self) -> NameRules:
        """Which names the cloud takes."""
        ...

    @property
    def can(self) -> Capabilities:
        """What the cloud can do."""
        ...

    @property
    def provisioning(self) -> Provisioner: ...

    @property
    def inference(self) -> Inference: ...

    @property
    def preflight(self) -> Preflight: ...

    @property
    def metrics(self) -> Metrics | None:
        """None where the cloud has none."""
        ...
