"""Deploy, retry, delete: from a user's request to a row and its orchestration."""

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from pydantic import ValidationError

from shared.config import Settings
from shared.domain.deployment import (
    DeploymentRow,
    DeploymentSpec,
    DeployRequest,
    Requested,
)
from shared.domain.naming import (
    four_characters,
    generated_deployment_name,
    generated_endpoint_name,
)
from shared.domain.operation import OperationKind
from shared.domain.status import Status
from shared.errors import UserFacingError
from shared.errors.requests import (
    DeploymentNameTaken,
    EndpointNameTaken,
    InstanceTypeUnknown,
    NotFailed,
    NotRetriable,
)
from shared.ports.orchestrations import Orchestrations
from shared.ports.user_data import UserData
from shared.use_cases.runs import deploy_run_of, run_of
from shared.wire.outcome import Failed
from shared.wire.run import DeployRun

log = structlog.get_logger()

MAX_NAMES = 3
"""Generated names that are tried, before a collision is told."""


@dataclass(frozen=True)
class Initiator:
    """Begins operations for one request of one user."""

    data: UserData
    orchestrations: Orchestrations
    settings: Settings
    request_id: str
    traceparent: str | None = None

    def deploy(
        self,
        wanted: DeployRequest,
        idempotency_key: str | None = None,
        *,
        retry_of: str | None = None,
    ) -> DeploymentRow:
        """Insert the row and start the orchestration; the row.

        Raises what UserData.request_deployment raises, and Unavailable start_failed.
        """
        requested = self._request(wanted, idempotency_key, retry_of)
        row = requested.deployment
        structlog.contextvars.bind_contextvars(deployment_id=row.id)
        run = deploy_run_of(
            row,
            self.settings,
            project=requested.project,
            request_id=self.request_id,
            traceparent=self.traceparent,
        )
        if not requested.replayed:
            self._start(run)
        elif row.status is Status.DEPLOYING and not self.orchestrations.is_known(row.id):
            # Whoever asked first may be about to start it, or has crashed: both are served.
            self.orchestrations.start(OperationKind.DEPLOY.orchestrator, row.id, run)
        return row

    def retry(self, failed: DeploymentRow) -> DeploymentRow:
        """Deploy the request of a failed deployment again, as a row of its own; that row.

        Raises Conflict not_failed, not_retriable, deployment_name_taken, and what `deploy` raises.
        """
        if failed.status is not Status.FAILED:
            raise NotFailed(failed.status)
        try:
            return self.deploy(_request_of(failed), retry_of=failed.id)
        except DeploymentNameTaken as taken:
            raise DeploymentNameTaken(
                taken.name, taken.endpoint_name, fix="Follow that one, or delete it and retry."
            ) from None
        except InstanceTypeUnknown:
            raise NotRetriable.of("instance_type") from None

    def delete(self, row: DeploymentRow) -> str | None:
        """Delete it softly; the id of the operation that removes its cloud resources.

        None for one that is deploying: it stops by itself and removes what it has made. Raises
        NotFound.
        """
        deleted = self.data.delete_deployment(row.id)
        if deleted.operation_id is None:
            return None
        try:
            self.start(OperationKind.DELETE, deleted.operation_id, row)
        except UserFacingError as error:
            # The row is gone for its user, who cannot ask again: the sweeper starts it.
            log.warning("teardown_left_to_sweeper", code=error.code)
        return deleted.operation_id

    def start(self, kind: OperationKind, operation_id: str, row: DeploymentRow) -> None:
        """Start the orchestration of an operation on this row. Raises Unavailable start_failed."""
        run = run_of(
            row,
            self.settings,
            operation_id=operation_id,
            request_id=self.request_id,
            traceparent=self.traceparent,
        )
        self.orchestrations.start(kind.orchestrator, operation_id, run)

    def _request(
        self, wanted: DeployRequest, idempotency_key: str | None, retry_of: str | None
    ) -> Requested:
        """Insert the row. A generated name that is taken is generated again, up to MAX_NAMES."""
        body_hash = hash_of(wanted.asked)
        for suffix in ("", *(four_characters() for _ in range(MAX_NAMES - 1))):
            now = datetime.now(UTC)
            try:
                return self.data.request_deployment(
                    str(uuid.uuid4()),
                    spec_of(wanted, now, suffix),
                    idempotency_key=idempotency_key,
                    body_hash=body_hash,
                    retry_of=retry_of,
                )
            except DeploymentNameTaken as error:
                taken: UserFacingError = error
                if wanted.deployment_name:
                    raise
            except EndpointNameTaken as error:
                taken = error
                if wanted.endpoint_name:
                    raise
        raise taken

    def _start(self, run: DeployRun) -> None:
        try:
            self.orchestrations.start(OperationKind.DEPLOY.orchestrator, run.deployment_id, run)
        except UserFacingError as error:
            self.data.abandon_deployment(run.deployment_id, Failed.because(error))
            raise


def _request_of(failed: DeploymentRow) -> DeployRequest:
    """The request that a row was made from.

    Raises NotRetriable where it is legal no more, or where its model was removed.
    """
    if failed.model_id is None:
        raise NotRetriable(
            "This deployment's model was removed.",
            fix="Deploy another model, or upload this one again.",
        )
    try:
        return DeployRequest.model_validate(failed.spec.model_dump())
    except ValidationError as invalid:
        fields = ", ".join(str(error["loc"][0]) for error in invalid.errors())
        raise NotRetriable.of(fields) from None


def spec_of(wanted: DeployRequest, now: datetime, suffix: str) -> DeploymentSpec:
    """The request as a specification, with names generated where it has none."""
    return DeploymentSpec.model_validate(
        {
            **wanted.asked,
            "deployment_name": wanted.deployment_name or generated_deployment_name(now, suffix),
            "endpoint_name": wanted.endpoint_name
            or generated_endpoint_name(now, four_characters()),
        }
    )


def hash_of(asked: object) -> str:
    """SHA-256 of a request's JSON: the same Idempotency-Key must come with the same hash."""
    canonical = json.dumps(asked, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
