"""What the pipeline needs of the world, in the pipeline's own words.

Adapters: shared/supabase (rows, files), shared/azureml (serving), shared/conversion (models).
Every method may raise TransientError (try again) and UserFacingError (explained, final).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from shared.lifecycle import Status
from shared.schemas.deployment import (
    DeploymentPage,
    DeploymentQuery,
    DeploymentRow,
    DeploymentStats,
    Event,
    Limits,
    NewDeployment,
    Requested,
)
from shared.schemas.endpoint import (
    Deployment,
    DeploymentPlan,
    Endpoint,
    Keys,
    Prediction,
    Quota,
    WhichKey,
    Workspace,
)
from shared.schemas.model import ModelVersion, Serving, TrainedModel, Verdict
from shared.schemas.phases import Run


class Orchestrations(Protocol):
    """Durable Functions, as the routes and the sweeper use it."""

    def start(self, orchestrator: str, instance_id: str, run: Run) -> None:
        """One that was started before is success. Unavailable start_failed."""
        ...

    def is_living(self, instance_id: str) -> bool:
        """Pending, running or suspended."""
        ...

    def is_known(self, instance_id: str) -> bool:
        """It was started at some time."""
        ...


class UserData(Protocol):
    """One user's rows, reached with that user's own token: row level security decides."""

    def count_request(self) -> None:
        """TooMany too_many_requests when this user's requests of the last minute are used up."""
        ...

    def request_deployment(
        self, request: NewDeployment, *, idempotency_key: str | None, body_hash: str
    ) -> Requested:
        """Insert the row, atomically with limits, idempotency and the endpoint name's claim.

        NotFound model_not_found; Conflict endpoint_name_taken, deployment_name_taken,
        idempotency_key_reused; TooMany too_many_deploying, too_many_active.
        """
        ...

    def deployments(self, query: DeploymentQuery) -> DeploymentPage: ...

    def stats(self) -> DeploymentStats: ...

    def deployment(self, deployment_id: str) -> DeploymentRow:
        """NotFound; so is another user's, and a deleted one."""
        ...

    def events(self, deployment_id: str) -> list[Event]:
        """Oldest first."""
        ...

    def abandon_deployment(self, deployment_id: str, message: str) -> None:
        """The orchestration could not be started: the row becomes failed."""
        ...

    def delete_deployment(self, deployment_id: str) -> Status:
        """Soft delete; the status it had. NotFound, also when it is deleted already."""
        ...


class Records(Protocol):
    """All rows, with the secret key: for activities and the sweeper only."""

    def deployment(self, deployment_id: str) -> DeploymentRow | None: ...

    def trained_model(self, model_id: str, user_id: str) -> TrainedModel:
        """NotFound model_not_found."""
        ...

    def move(self, deployment_id: str, to: Status, **fields: Any) -> bool:
        """One conditional update: status and columns together. False where the move is illegal."""
        ...

    def record(self, event: Event) -> None:
        """Append to the timeline. started, succeeded and failed of a phase are kept once."""
        ...

    def has_begun(self, deployment_id: str) -> bool:
        """Its timeline has an event."""
        ...

    def deploying(self) -> list[DeploymentRow]: ...

    def active(self) -> list[DeploymentRow]: ...

    def others_on(self, endpoint_name: str, deployment_id: str) -> list[DeploymentRow]:
        """Deploying or active rows on this endpoint but this one; newest first."""
        ...

    def rename_endpoint(self, deployment_id: str, endpoint_name: str) -> None:
        """Another name for a deploying row, claim included; Conflict endpoint_name_taken."""
        ...

    def living(self, deployment_ids: Sequence[str]) -> set[str]:
        """Those of the ids whose row is deploying or active."""
        ...

    def apply_limits(self, limits: Limits) -> None:
        """Make the database enforce these limits."""
        ...

    def project(self) -> str:
        """The id of this database: it marks resources whose deployments it knows."""
        ...


class ModelFiles(Protocol):
    """Supabase Storage: uploaded models (bucket `models`), converted ones (`artifacts`)."""

    def download_model(self, file_path: str, to: Path, *, max_bytes: int) -> int:
        """Bytes written. ModelRefused model_file_missing, model_file_empty, model_too_large."""
        ...

    def find_artifact(self, key: str) -> Serving | None:
        """How the artifact is served; None where it is not there, or not wholly."""
        ...

    def keep_artifact(self, key: str, folder: Path, serving: Serving) -> None:
        """Idempotent: the same key again replaces the same content. ModelRefused."""
        ...

    def fetch_artifact(self, key: str, into: Path) -> None:
        """The folder that was kept. NotFound artifact_missing."""
        ...


class ModelConverter(Protocol):
    """From an untrusted joblib file to an MLflow folder that our own score.py serves."""

    def scan(self, file: Path) -> Verdict:
        """Static; loads nothing."""
        ...

    def plan(self, file: Path, verdict: Verdict, *, model: TrainedModel) -> str:
        """The version (content hash) that converting this scanned file would get; loads nothing.

        ModelRefused: model_unsafe, model_unreadable, model_unsupported.
        """
        ...

    def convert(self, file: Path, into: Path, *, verdict: Verdict, model: TrainedModel) -> Serving:
        """Load the file in a disposable process without credentials; write an MLflow folder.

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

    def logs(self, endpoint_name: str, deployment: str, *, lines: int, container: str) -> str:
        """`container`: inference-server or storage-initializer."""
        ...

    def keys(self, endpoint_name: str) -> Keys: ...

    def begin_rotate_key(self, endpoint_name: str, key: WhichKey) -> None:
        """TransientError endpoint_busy while another operation runs, such as the other key's."""
        ...
