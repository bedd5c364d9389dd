"""What the pipeline needs of the world, in the pipeline's own words.

Adapters: shared/supabase (rows, files), shared/azureml (serving), shared/conversion (models).
Every method may raise TransientError (try again) and UserFacingError (explained, final).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from shared.schemas.endpoint import (
    Deployment,
    DeploymentPlan,
    Endpoint,
    Keys,
    Prediction,
    Quota,
    Workspace,
)
from shared.schemas.model import ModelVersion, Serving, TrainedModel, Verdict


class ModelFiles(Protocol):
    """Files in Supabase Storage: uploaded models (bucket `models`), converted ones (`artifacts`)."""

    def download_model(self, file_path: str, to: Path, *, max_bytes: int) -> int:
        """Bytes written. ModelRefused model_file_missing, model_file_empty, model_too_large."""
        ...

    def artifact_exists(self, key: str) -> bool: ...

    def upload_artifact(self, key: str, source: Path) -> None:
        """Idempotent: the same key again replaces the same content."""
        ...

    def download_artifact(self, key: str, to: Path) -> None: ...


class ModelConverter(Protocol):
    """From an untrusted joblib file to an MLflow folder that our own score.py serves."""

    def scan(self, file: Path) -> Verdict:
        """Static; loads nothing."""
        ...

    def plan(self, file: Path, verdict: Verdict) -> str:
        """The version (content hash) that converting this scanned file would get. Cheap; loads nothing.

        ModelRefused: model_unsafe, model_unreadable, model_unsupported.
        """
        ...

    def convert(self, file: Path, into: Path, *, verdict: Verdict, model: TrainedModel) -> Serving:
        """Load the file in a disposable process without credentials; write the MLflow folder `into`.

        ModelRefused: model_unreadable, model_without_predict, model_unsupported, model_unsafe.
        """
        ...


class ServingTarget(Protocol):
    """Azure ML. Long operations are begun once, then observed with a get; nothing here waits."""

    def workspace(self) -> Workspace:
        """ServingRefused: workspace_missing, not_authorized, identity_unavailable."""
        ...

    def quota(self, instance_type: str) -> Quota: ...

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
        """Why provisioning failed, classified: a ServingRefused, or a TransientError worth another PUT."""
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

    def logs(self, endpoint_name: str, deployment: str, *, lines: int, container: str) -> str:
        """`container`: inference-server or storage-initializer."""
        ...

    def keys(self, endpoint_name: str) -> Keys: ...

    def begin_rotate_keys(
        self, endpoint_name: str, which: Sequence[str] = ("primary", "secondary")
    ) -> None: ...
