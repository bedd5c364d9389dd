"""One cloud's online serving, in neutral words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from shared.domain.catalogue import InstanceType
from shared.domain.endpoint import (
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
from shared.domain.traffic import TrafficSplit


class Provisioner(Protocol):
    """What is there, and plain changes of it: begun, then observed with a get. Nothing waits.

    Whose a thing is, whether to put it again and what a conflict means is decided above
    (activities/support/ownership.py). A put while an operation runs is TransientError
    endpoint_busy.
    """

    def endpoint(self, name: str) -> Endpoint | None: ...

    def endpoints(self) -> list[Endpoint]:
        """Every endpoint that carries marks of a Slipway."""
        ...

    def put_endpoint(self, name: str, marks: Marks) -> None:
        """Make it; one that is there keeps everything but the marks."""
        ...

    def delete_endpoint(self, name: str) -> None:
        """Missing, or being removed, is success."""
        ...

    def register_model(self, name: str, version: str, folder: Path) -> ModelVersion:
        """Upload and register; an existing version is success."""
        ...

    def deployment(self, endpoint_name: str, name: str) -> Deployment | None: ...

    def deployments(self, endpoint_name: str) -> list[Deployment]: ...

    def put_deployment(self, plan: DeploymentPlan) -> None:
        """Register what it is made of where that is new, then make it, with no traffic."""
        ...

    def delete_deployment(self, endpoint_name: str, name: str) -> None:
        """Missing, or being removed, is success. Its traffic must be gone."""
        ...

    def put_traffic(self, endpoint_name: str, wanted: TrafficSplit) -> None:
        """Traffic and mirror; everything else of the endpoint stays."""
        ...

    def replace_key(self, endpoint_name: str, key: WhichKey) -> None: ...

    def why_endpoint_failed(self, name: str) -> Exception:
        """A ServingRefused, or a TransientError worth another put."""
        ...

    def why_deployment_failed(self, endpoint_name: str, name: str) -> Exception:
        """The same; `detail` carries the end of the container's or the build's log."""
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
        """POST to the endpoint as a client would, with its key; any HTTP status is an answer."""
        ...  # fmt: skip

    def describe(
        self, endpoint_name: str, deployment: str, *, timeout_seconds: float
    ) -> Prediction:
        """The serving code's own OpenAPI document: the model's columns and an example row."""
        ...

    def logs(self, endpoint_name: str, deployment: str, *, lines: int, container: str) -> str:
        """`container`: inference-server or storage-initializer."""
        ...

    def keys(self, endpoint_name: str) -> Keys: ...


class Metrics(Protocol):
    """What the cloud measured; a minute or more behind."""

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
        """ServingRefused: workspace_missing, not_authorized, identity_unavailable."""
        ...

    def quota(self, instance_type: str) -> Quota: ...

    def quotas(self, instance_types: Sequence[str]) -> list[Quota]:
        """The same for several, read at once."""
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


class ServingTarget(Protocol):
    """One cloud."""

    @property
    def kind(self) -> str:
        """As rows name it: azureml."""
        ...

    @property
    def names(self) -> NameRules: ...

    @property
    def can(self) -> Capabilities: ...

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
