"""The sweeper: what no orchestration looks after any more ends, and says why.

Three kinds of loss: a deploying row whose orchestration never began, is gone or late; an active row
whose endpoint has vanished; a resource tagged ours without a living row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from pydantic import BaseModel

from shared.config import Settings
from shared.initiation import deadlines_of, run_of
from shared.lifecycle import Status
from shared.naming import DEPLOYMENT_TAG, OWNER_TAG, PROJECT_TAG, is_uuid
from shared.outcome import Failed
from shared.ports import Orchestrations, Records, ServingTarget
from shared.refusals import EndpointVanished
from shared.schemas.deployment import DeploymentRow, Event
from shared.schemas.endpoint import Endpoint
from shared.schemas.phases import Run

log = structlog.get_logger()

NEVER_BEGAN = timedelta(minutes=30)
"""A request accepted just before a crash is still begun; after this time nobody expects it."""

LOST = Failed(
    code="orchestration_lost",
    message="Its orchestration is gone.",
    fix="Deploy again; what this one made is removed.",
)


def _late(longest: timedelta) -> Failed:
    return Failed(
        code="deadline_exceeded",
        message=f"It did not end within {longest.total_seconds() / 60:g} minutes.",
        fix="Deploy again, or choose another size or region.",
    )


class SweepReport(BaseModel):
    """Ids and names of what was found lost."""

    begun: list[str] = []
    """Accepted just before a crash; their orchestrations are started now."""
    lost_rows: list[str] = []
    late_rows: list[str] = []
    vanished: list[str] = []
    orphans: list[str] = []
    errors: list[str] = []
    """What could not be looked after this time, and why; the next sweep tries again."""


@dataclass(frozen=True)
class Sweeper:
    records: Records
    serving: ServingTarget
    orchestrations: Orchestrations
    settings: Settings
    report: SweepReport = field(default_factory=SweepReport)
    """Filled as the sweep goes, so that it is true even when the sweep breaks off."""

    def sweep(self, now: datetime) -> None:
        """Everything; what can't be looked after is in the report's errors and stops nothing."""
        self.tend_rows(now)
        with self._each("endpoints"):
            endpoints = self.serving.endpoints(OWNER_TAG)
            present = {endpoint.name.lower() for endpoint in endpoints}
            for row in self.records.active():
                if row.endpoint_name.lower() not in present:
                    with self._each(row.id):
                        self._fail_vanished(row)
            project = self.records.project()
            for endpoint in endpoints:
                if endpoint.tags.get(PROJECT_TAG) == project:
                    with self._each(endpoint.name):
                        self._remove_orphans(endpoint, now)

    def tend_rows(self, now: datetime) -> None:
        """Deploying rows: begun, where a crash came between; failed, where nobody sees to them."""
        with self._each("deploying rows"):
            for row in self.records.deploying():
                with self._each(row.id):
                    self._tend(row, now)

    def _tend(self, row: DeploymentRow, now: datetime) -> None:
        longest = timedelta(seconds=deadlines_of(self.settings).whole)
        if self.orchestrations.is_living(row.id):
            if row.created_at < now - longest:
                self._fail(row, _late(longest), self.report.late_rows)
        elif (
            now - row.created_at < NEVER_BEGAN
            and not self.orchestrations.is_known(row.id)
            and not self.records.has_begun(row.id)
        ):
            run = run_of(row, self.settings, project=self.records.project())
            self.orchestrations.start("deploy_model", row.id, run)
            self.report.begun.append(row.id)
        elif self._is_deploying(row.id):  # it may have ended well since it was listed
            self._fail(row, LOST, self.report.lost_rows)

    def _is_deploying(self, deployment_id: str) -> bool:
        row = self.records.deployment(deployment_id)
        return row is not None and row.status is Status.DEPLOYING

    def _fail_vanished(self, row: DeploymentRow) -> None:
        """The list may be older than the endpoint: only a look at this one is proof."""
        if self.serving.endpoint(row.endpoint_name) is None:
            vanished = Failed.because(EndpointVanished(row.endpoint_name))
            self._fail(row, vanished, self.report.vanished)

    def _remove_orphans(self, endpoint: Endpoint, now: datetime) -> None:
        owners = {
            deployment.tags.get(DEPLOYMENT_TAG, ""): deployment.name
            for deployment in self.serving.deployments(endpoint.name)
        } or {endpoint.tags.get(DEPLOYMENT_TAG, ""): endpoint.name}
        owners = {found: name for found, name in owners.items() if is_uuid(found)}
        living = self.records.living(list(owners))
        for deployment_id, name in owners.items():
            if deployment_id in living or self._is_looked_after(deployment_id):
                continue
            self.report.orphans.append(f"{endpoint.name}/{name}")
            self.orchestrations.start(
                "delete_deployment",
                f"{deployment_id}-sweep-{now:%Y%m%d%H%M%S}",
                self._run(endpoint, deployment_id, name),
            )

    def _is_looked_after(self, deployment_id: str) -> bool:
        return any(
            self.orchestrations.is_living(instance)
            for instance in (deployment_id, f"{deployment_id}-delete")
        )

    def _fail(self, row: DeploymentRow, failed: Failed, told: list[str]) -> None:
        reason = failed.explained
        if self.records.move(row.id, Status.FAILED, error_message=reason):
            told.append(row.id)
            self.records.record(
                Event(deployment_id=row.id, phase="sweep", status="failed", message=reason)
            )

    @contextmanager
    def _each(self, name: str) -> Iterator[None]:
        """What goes wrong with one of them keeps the sweep from none of the others."""
        try:
            yield
        except Exception as error:
            log.exception("sweep_failed", of=name)
            self.report.errors.append(f"{name}: {error}")

    def _run(self, endpoint: Endpoint, deployment_id: str, name: str) -> Run:
        """What delete_deployment needs, from the resource's own tags: the row may be gone."""
        return Run(
            deployment_id=deployment_id,
            user_id=endpoint.tags[OWNER_TAG],
            model_id="",
            deployment_name=name,
            endpoint_name=endpoint.name,
            instance_type="",
            instance_count=0,
            deadlines=deadlines_of(self.settings),
        )
