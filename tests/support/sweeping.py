"""A world to sweep: rows, a cloud and orchestrations in memory."""

from collections.abc import Collection

from activities.support.ownership import marks_of
from shared.domain.deployment import DeploymentRow
from shared.domain.endpoint import DeploymentPlan
from shared.domain.status import Status
from shared.use_cases.recover import SweepReport
from shared.use_cases.sweep import Sweeper
from tests.support.orchestrations_fake import OrchestrationsFake
from tests.support.records import NOW, run_of
from tests.support.records_fake import RecordsFake
from tests.support.services import MINUTES, settings_of
from tests.support.serving_target import ServingTargetFake


class SweptWorld:
    """`living` and `ended`: ids of orchestrations."""

    def __init__(
        self, *rows: DeploymentRow, living: Collection[str] = (), ended: Collection[str] = ()
    ) -> None:
        self.records, self.target = RecordsFake(*rows), ServingTargetFake(settle_after=0)
        self.orchestrations = OrchestrationsFake(*living, ended=ended)

    def open(self, found: DeploymentRow, **marks: str) -> None:
        """Its endpoint, with marks of its own or others."""
        made = marks_of(run_of(found)).model_copy(update=marks)
        self.target.provisioning.put_endpoint(found.endpoint_name.lower(), made)

    def deployed(self, found: DeploymentRow) -> None:
        """Its endpoint, unless it is there, and its container on it."""
        cloud, marks = self.target.provisioning, marks_of(run_of(found))
        if cloud.endpoint(found.endpoint_name) is None:
            cloud.put_endpoint(found.endpoint_name, marks)
            cloud.endpoint(found.endpoint_name)  # a look settles it
        cloud.put_deployment(
            DeploymentPlan(
                endpoint_name=found.endpoint_name,
                deployment_name=found.deployment_name,
                model_name="m",
                model_version="1",
                environment_name="e",
                requirements=[],
                spec=found.spec,
                marks=marks,
            )
        )
        cloud.deployment(found.endpoint_name, found.deployment_name)

    def new_sweeper(self) -> Sweeper:
        return Sweeper(self.records, self.target, self.orchestrations, settings_of(**MINUTES))

    def sweep(self) -> SweepReport:
        sweeper = self.new_sweeper()
        sweeper.sweep(NOW)
        return sweeper.report

    def orphans(self) -> list[str]:
        """What a sweep without an error has begun to remove."""
        report = self.sweep()
        assert report.errors == []
        return report.orphans

    def status(self, found: DeploymentRow) -> Status:
        return self.records.rows[found.id].status

    def told_of(self, found: DeploymentRow) -> str:
        return self.records.rows[found.id].error_message or ""
