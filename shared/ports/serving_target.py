"""One cloud's online serving."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from shared.domain.endpoint import (
    Deployment,
    DeploymentPlan,
    Endpoint,
    Keys,
    Prediction,
    WhichKey,
    Workspace,
)
from shared.domain.model import (
    ModelVersion,
)
from shared.domain.quota import Quota


class ServingTarget(Protocol):
    """Azure ML. Long operations are begun once, then observed with a get; nothing here waits."""

    def workspace(self) -> Workspace:
        """ServingRefused: workspace_missing, not_authorized, identity_unavailable."""
        ...

    def quota(self, instance_type: str) -> Quota: ...

    def quotas(self, instance_types: Sequence[str]) -> list[Quota]:
        """The same for several, read at once."""
        ...

    def endpoint(self, name: str) -> Endpoint | None: ...

    def endpoints(self, tag: str) -> list[Endpoint]:
        """Every endpoint that carries this tag, whatever its value."""
        ...

    def begin_endpoint(self, name: str, tags: Mapping[str, str]) -> None:
        """PUT. ServingRefused endpoint_name_taken, ..."""
        ...

    def begin_delete_endpoint(self, name: str) -> None:
        """Missing is success."""
        ...

    def register_model(self, name: str, version: str, folder: Path) -> ModelVersion:
        """Upload and register; an existing version is success."""
        ...

    def deployment(self, endpoint_name: str, name: str) -> Deployment | None: ...

    def deployments(self, endpoint_name: str) -> list[Deployment]: ...

    def begin_deployment(self, plan: DeploymentPlan) -> None:
        """Register code and environment where they are new, then PUT with 0 % traffic."""
        ...

    def begin_delete_deployment(self, endpoint_name: str, name: str) -> None:
        """Missing is success. Its traffic must be gone."""
        ...

    def begin_traffic(self, endpoint_name: str, traffic: Mapping[str, int]) -> None:
        """Read, change, write: tags and everything else stay."""
        ...

    def failure_of_endpoint(self, name: str) -> Exception:
        """Why provisioning failed: a ServingRefused, or a TransientError worth another PUT."""
        ...

    def failure_of_deployment(self, endpoint_name: str, name: str) -> Exception:
        """As failure_of_endpoint; `detail` carries the container's or the build's log tail."""
        ...

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

    def begin_rotate_key(self, endpoint_name: str, key: WhichKey) -> None:
        """TransientError endpoint_busy while another operation runs, such as the other key's."""
        ...
