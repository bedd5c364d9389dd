"""The sweeper: what no orchestration looks after any more ends, and says why.

Three kinds of loss: a deploying row whose orchestration is gone or late; an active row whose
endpoint has vanished; a resource tagged ours without a living row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel

from shared.config import Settings
from shared.initiation import deadlines_of
from shared.lifecycle import Status
from shared.naming import DEPLOYMENT_TAG, OWNER_TAG
from shared.outcome import Failed
from shared.ports import Orchestrations, Records, ServingTarget
from shared.refusals import EndpointVanished
from shared.schemas.deployment import DeploymentRow, Event
from shared.schemas.endpoint import Endpoint
from shared.schemas.phases import Run

GRACE = timedelta(minutes=2)
"""Between the row's insertion and its orchestration's start."""

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

    lost_rows: list[str] = []
    late_rows: list[str] = []
    vanished: list[str] = []
    orphans: list[str] = []


@dataclass(frozen=True)
class Sweeper:
    records: Records
    serving: ServingTarget
    orchestrations: Orchestrations
    settings: Settings

    def sweep(self, now: datetime) -> SweepReport:
        report = SweepReport()
        self._fail_stuck_rows(now, report)
        endpoints = self.serving.endpoints(OWNER_TAG)
        self._fail_vanished_rows({endpoint.name for endpoint in endpoints}, report)
        for endpoint in endpoints:
            self._remove_orphans(endpoint, now, report)
        return report

    def _fail_stuck_rows(self, now: datetime, report: SweepReport) -> None:
        due = deadlines_of(self.settings)
        longest = timedelta(seconds=due.endpoint + due.deployment + due.traffic + due.removal)
        for row in self.records.deploying_since_before(now - GRACE):
            if not self.orchestrations.is_living(row.id):
                report.lost_rows.append(row.id)
                self._fail(row, LOST)
            elif row.created_at < now - longest:
                report.late_rows.append(row.id)
                self._fail(row, _late(longest))

    def _fail_vanished_rows(self, present: set[str], report: SweepReport) -> None:
        for row in self.records.active():
            if row.endpoint_name not in present:
                report.vanished.append(row.id)
                self._fail(row, Failed.because(EndpointVanished(row.endpoint_name)))

    def _remove_orphans(self, endpoint: Endpoint, now: datetime, report: SweepReport) -> None:
        owners = {
            deployment.tags.get(DEPLOYMENT_TAG, ""): deployment.name
            for deployment in self.serving.deployments(endpoint.name)
        }
        if not owners:
            owners = {endpoint.tags.get(DEPLOYMENT_TAG, ""): endpoint.name}
        owners.pop("", None)
        living = self.records.living(list(owners))
        for deployment_id, name in owners.items():
            if deployment_id in living or self._is_looked_after(deployment_id):
                continue
            report.orphans.append(f"{endpoint.name}/{name}")
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

    def _fail(self, row: DeploymentRow, failed: Failed) -> None:
        reason = failed.explained
        if self.records.move(row.id, Status.FAILED, error_message=reason):
            self.records.record(
                Event(deployment_id=row.id, phase="sweep", status="failed", message=reason)
            )

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
