"""Starting and ending deployments: the rules between an HTTP request and an orchestration."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from pydantic import ValidationError

from shared.config import Settings
from shared.errors import Conflict, UserFacingError
from shared.lifecycle import Status
from shared.naming import (
    four_characters,
    generated_deployment_name,
    generated_endpoint_name,
    is_generated,
)
from shared.outcome import Failed
from shared.ports import Orchestrations, UserData
from shared.refusals import DeploymentNameTaken, EndpointNameTaken
from shared.schemas.deployment import DeploymentRow, DeployRequest, NewDeployment, Requested
from shared.schemas.phases import Deadlines, Run

log = structlog.get_logger()

MAX_NAMES = 3
"""Generated names that are tried, before a collision is told."""


@dataclass(frozen=True)
class Initiator:
    """One user's request, with what it needs to become an orchestration."""

    data: UserData
    orchestrations: Orchestrations
    settings: Settings
    request_id: str
    traceparent: str | None = None

    def deploy(self, wanted: DeployRequest, idempotency_key: str | None = None) -> DeploymentRow:
        """Insert the row and start the orchestration. Errors as UserData.request_deployment."""
        requested = self._request(wanted, idempotency_key)
        row = requested.deployment
        structlog.contextvars.bind_contextvars(deployment_id=row.id)
        run = run_of(
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
            self.orchestrations.start("deploy_model", row.id, run)
        return row

    def retry(self, failed: DeploymentRow) -> DeploymentRow:
        """A new run of the same request, as a row of its own. Conflict not_failed."""
        if failed.status is not Status.FAILED:
            raise Conflict(
                f"Only failed deployments can be retried; this one is {failed.status}.",
                code="not_failed",
                fix="Deploy the model again instead.",
            )
        try:
            return self.deploy(_request_of(failed))
        except DeploymentNameTaken as taken:
            raise Conflict(
                taken.message, code=taken.code, fix="Follow that one, or delete it and retry."
            ) from None

    def delete(self, row: DeploymentRow) -> None:
        """Soft delete now; a deployment in flight then stops by itself, any other is torn down."""
        previous = self.data.delete_deployment(row.id)
        if previous is Status.DEPLOYING:
            return
        try:
            self.orchestrations.start(
                "delete_deployment", f"{row.id}-delete", run_of(row, self.settings)
            )
        except UserFacingError as error:
            # The row is gone for its user, who cannot ask again: the sweeper tears it down.
            log.warning("teardown_left_to_sweeper", code=error.code)

    def _request(self, wanted: DeployRequest, idempotency_key: str | None) -> Requested:
        """Insert the row; a generated name that is taken is generated again."""
        body_hash = _hash(wanted)
        for suffix in ("", *(four_characters() for _ in range(MAX_NAMES - 1))):
            now = datetime.now(UTC)
            try:
                return self.data.request_deployment(
                    NewDeployment(
                        id=str(uuid.uuid4()),
                        model_id=str(wanted.model_id),
                        deployment_name=wanted.deployment_name
                        or generated_deployment_name(now, suffix),
                        endpoint_name=wanted.endpoint_name
                        or generated_endpoint_name(now, four_characters()),
                        description=wanted.description,
                        instance_type=wanted.instance_type,
                        instance_count=wanted.instance_count,
                    ),
                    idempotency_key=idempotency_key,
                    body_hash=body_hash,
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

    def _start(self, run: Run) -> None:
        try:
            self.orchestrations.start("deploy_model", run.deployment_id, run)
        except UserFacingError as error:
            self.data.abandon_deployment(run.deployment_id, Failed.because(error).explained)
            raise


def run_of(
    row: DeploymentRow,
    settings: Settings,
    *,
    project: str = "",
    request_id: str | None = None,
    traceparent: str | None = None,
) -> Run:
    """The input of this row's orchestrations; `project` is needed to create, not to remove."""
    return Run(
        deployment_id=row.id,
        user_id=row.user_id,
        model_id=row.model_id,
        deployment_name=row.deployment_name,
        endpoint_name=row.endpoint_name,
        endpoint_generated=is_generated(row.endpoint_name),
        instance_type=row.instance_type,
        instance_count=row.instance_count,
        deadlines=deadlines_of(settings),
        project=project,
        request_id=request_id,
        traceparent=traceparent,
    )


def deadlines_of(settings: Settings) -> Deadlines:
    return Deadlines(
        endpoint=settings.endpoint_deadline_minutes * 60,
        deployment=settings.deployment_deadline_minutes * 60,
        traffic=settings.traffic_deadline_minutes * 60,
        removal=settings.removal_deadline_minutes * 60,
        step=settings.step_deadline_minutes * 60,
    )


def _request_of(failed: DeploymentRow) -> DeployRequest:
    """Conflict not_retriable, where the rules have changed since."""
    try:
        return DeployRequest(
            model_id=uuid.UUID(failed.model_id),
            deployment_name=failed.deployment_name,
            endpoint_name=failed.endpoint_name,
            description=failed.description,
            instance_type=failed.instance_type,
            instance_count=failed.instance_count,
        )
    except ValidationError as invalid:
        fields = ", ".join(str(error["loc"][0]) for error in invalid.errors())
        raise Conflict(
            f"This deployment's request is not accepted any more, because of its {fields}.",
            code="not_retriable",
            fix="Deploy the model again with other values.",
        ) from None


def _hash(wanted: DeployRequest) -> str:
    canonical = wanted.model_dump_json(exclude={"user_id"})
    return hashlib.sha256(canonical.encode()).hexdigest()
