"""Starting and ending deployments: the rules between an HTTP request and an orchestration."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

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
from shared.schemas.deployment import DeploymentRow, DeployRequest, NewDeployment
from shared.schemas.phases import Deadlines, Run


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
        now = datetime.now(UTC)
        requested = self.data.request_deployment(
            NewDeployment(
                id=str(uuid.uuid4()),
                model_id=str(wanted.model_id),
                deployment_name=wanted.deployment_name or generated_deployment_name(now),
                endpoint_name=wanted.endpoint_name
                or generated_endpoint_name(now, four_characters()),
                description=wanted.description,
                instance_type=wanted.instance_type,
                instance_count=wanted.instance_count,
            ),
            idempotency_key=idempotency_key,
            body_hash=_hash(wanted),
        )
        row = requested.deployment
        structlog.contextvars.bind_contextvars(deployment_id=row.id)
        if not requested.replayed or self._was_never_started(row):
            self._start(row)
        return row

    def retry(self, failed: DeploymentRow) -> DeploymentRow:
        """A new run of the same request, as a row of its own. Conflict not_failed."""
        if failed.status is not Status.FAILED:
            raise Conflict(
                f"Only failed deployments can be retried; this one is {failed.status}.",
                code="not_failed",
                fix="Deploy the model again instead.",
            )
        return self.deploy(
            DeployRequest(
                model_id=uuid.UUID(failed.model_id),
                deployment_name=failed.deployment_name,
                endpoint_name=failed.endpoint_name,
                description=failed.description,
                instance_type=failed.instance_type,
                instance_count=failed.instance_count,
            )
        )

    def delete(self, row: DeploymentRow) -> None:
        """Soft delete now; a deployment in flight then stops by itself, any other is torn down."""
        previous = self.data.delete_deployment(row.id)
        if previous is not Status.DEPLOYING:
            self.orchestrations.start("delete_deployment", f"{row.id}-delete", self._run(row))

    def _was_never_started(self, row: DeploymentRow) -> bool:
        return row.status is Status.DEPLOYING and not self.orchestrations.is_living(row.id)

    def _start(self, row: DeploymentRow) -> None:
        try:
            self.orchestrations.start("deploy_model", row.id, self._run(row))
        except UserFacingError as error:
            self.data.abandon_deployment(row.id, Failed.because(error).explained)
            raise

    def _run(self, row: DeploymentRow) -> Run:
        return Run(
            deployment_id=row.id,
            user_id=row.user_id,
            model_id=row.model_id,
            deployment_name=row.deployment_name,
            endpoint_name=row.endpoint_name,
            endpoint_generated=is_generated(row.endpoint_name),
            instance_type=row.instance_type,
            instance_count=row.instance_count,
            deadlines=deadlines_of(self.settings),
            request_id=self.request_id,
            traceparent=self.traceparent,
        )


def deadlines_of(settings: Settings) -> Deadlines:
    return Deadlines(
        endpoint=settings.endpoint_deadline_minutes * 60,
        deployment=settings.deployment_deadline_minutes * 60,
        traffic=settings.traffic_deadline_minutes * 60,
        removal=settings.removal_deadline_minutes * 60,
    )


def _hash(wanted: DeployRequest) -> str:
    canonical = wanted.model_dump_json(exclude={"user_id"})
    return hashlib.sha256(canonical.encode()).hexdigest()
