"""The sweeper: what no orchestration looks after any more ends, and says why.

Four kinds of loss: a running operation whose orchestration never began, is gone or late; an active
row whose endpoint has vanished; a resource tagged ours without a living row; an autoscale setting
without a deployment.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from pydantic import BaseModel

from shared.config import Settings
from shared.domain.batch import MAX_BATCH
from shared.domain.deployment import DeploymentRow
from shared.domain.endpoint import Endpoint, Provisioning
from shared.domain.naming import is_uuid
from shared.domain.operation import Operation, OperationKind, OperationStatus
from shared.domain.status import Status
from shared.domain.timeline import Event
from shared.domain.traffic import carrying
from shared.errors import SlipwayError
from shared.errors.serving import EndpointVanished
from shared.errors.waiting import DeadlineExceeded, OrchestrationLost
from shared.ports.orchestrations import Orchestrations
from shared.ports.records import Records
from shared.ports.serving_target import ServingTarget
from shared.use_cases.deploy_batch import batch_run_of
from shared.use_cases.runs import deadlines_of, run_of_operation
from shared.wire.outcome import Failed
from shared.wire.run import Run

log = structlog.get_logger()

WAKING = (OperationKind.WAKE, OperationKind.ROLL_BACK)
NEVER_BEGAN = timedelta(minutes=30)
"""A request accepted just before a crash is still begun; after this time nobody expects it."""


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
    target: ServingTarget
    orchestrations: Orchestrations
    settings: Settings
    report: SweepReport = field(default_factory=SweepReport)
    """Filled as the sweep goes, so that it is true even when the sweep breaks off."""
    batches: set[str] = field(default_factory=set)
    """Those that are looked after."""

    def sweep(self, now: datetime) -> None:
        """Everything; what can't be looked after is in the report's errors and stops nothing."""
        self.recover_rows(now)
        with self._each("endpoints"):
            endpoints = self.target.provisioning.endpoints()
            present = {endpoint.name.lower() for endpoint in endpoints}
            for row in self.records.active():
                if row.endpoint_name.lower() not in present:
                    with self._each(row.id):
                        self._fail_vanished(row)
            project = self.records.project()
            living = [
                operation
                for operation in self.records.running_operations()
                if self.orchestrations.is_living(operation.id)
            ]
            for endpoint in endpoints:
                if endpoint.marks.project == project:
                    with self._each(endpoint.name):
                        self._remove_orphans(endpoint, living)
                        self._see_traffic(endpoint)
        with self._each("autoscale settings"):
            self._remove_settings(self.records.project())

    def recover_rows(self, now: datetime) -> None:
        """Begin what a crash kept from beginning; end what no orchestration looks after."""
        with self._each("running operations"):
            running = self.records.running_operations()
            # Batches first: they look after those of their deployments that wait for their turn.
            for operation in sorted(running, key=lambda each: each.kind is not OperationKind.BATCH):
                with self._each(operation.id):
                    self._recover(operation, now)

    def begin_due(self) -> None:
        """Start what the database has put to sleep or deleted, because its time was over."""
        with self._each("due deployments"):
            for operation in self.records.begin_due():
                with self._each(operation.id):
                    self._begin(operation)
                    self.report.begun.append(operation.id)

    def _recover(self, operation: Operation, now: datetime) -> None:
        """One question for every kind: is there a living orchestration of it?"""
        if operation.kind is OperationKind.BATCH:
            self.batches.add(operation.id)  # unless it ends below
        if self.orchestrations.is_living(operation.id):
            longest = self._longest(operation)
            if operation.started_at < now - timedelta(seconds=longest):
                late = Failed.because(DeadlineExceeded("It", longest))
                self._end(operation, late, self.report.late_rows)
            return
        begun = self.records.has_begun(operation.id)
        known = self.orchestrations.is_known(operation.id)
        if self.orchestrations.is_living(operation.id):
            return  # it was started between these questions
        if not known and operation.parent_id in self.batches:
            return  # it waits for its turn
        young = now - operation.started_at < NEVER_BEGAN
        if young and not known and not begun and self._begin(operation):
            self.report.begun.append(operation.id)
        else:
            self._lose(operation, Failed.because(OrchestrationLost()))

    def _begin(self, operation: Operation) -> bool:
        """Start what was accepted just before a crash. False where its deployment is gone."""
        if operation.kind is OperationKind.BATCH:
            return self._begin_batch(operation)
        row = self.records.deployment(operation.deployment_id or "")
        if row is None:
            return False
        run = run_of_operation(
            operation.kind,
            operation.id,
            operation.input,
            row,
            self.settings,
            project=self.records.project(),
        )
        self.orchestrations.start(operation.kind.orchestrator, operation.id, run)
        return True

    def _begin_batch(self, operation: Operation) -> bool:
        batch = self.records.batch(operation.id)
        if batch is None:
            return False
        run = batch_run_of(batch, self.settings)
        self.orchestrations.start(operation.kind.orchestrator, operation.id, run)
        return True

    def _lose(self, operation: Operation, lost: Failed) -> None:
        """What an update has changed before it was lost is brought back to what the row says."""
        if operation.kind is not OperationKind.UPDATE:
            self._end(operation, lost, self.report.lost_rows)
            return
        undoing = self.records.undo_update(operation.id, lost)
        self.report.lost_rows.append(operation.id)
        if undoing and self._begin(undoing):
            self.report.begun.append(undoing.id)

    def _end(self, operation: Operation, failed: Failed, told: list[str]) -> None:
        """A deployment in flight fails, one that was being woken sleeps; any other just ends."""
        if operation.kind is OperationKind.BATCH:
            self.batches.discard(operation.id)
            self.records.skip_waiting(operation.id, failed)
        row = self.records.deployment(operation.deployment_id or "")
        in_flight = row is not None and row.status is Status.DEPLOYING
        if operation.kind is OperationKind.DEPLOY:
            if row is not None and in_flight:  # it may have ended since
                self._fail(row, failed, told)
            return
        if row is not None and in_flight and operation.kind in WAKING:
            self.records.move(row.id, Status.ASLEEP, failure=failed)
        self.records.end_operation(operation.id, OperationStatus.FAILED, failed)
        told.append(operation.id)

    def _longest(self, operation: Operation) -> float:
        """Seconds that an operation may take: its deadlines, and a release's steps."""
        longest = deadlines_of(self.settings).whole
        if operation.kind is OperationKind.BATCH:
            return longest * MAX_BATCH
        if operation.kind is OperationKind.DEPLOY:
            row = self.records.deployment(operation.deployment_id or "")
            longest += row.spec.release.longest_seconds if row and row.model_id else 0
        return longest

    def _fail_vanished(self, row: DeploymentRow) -> None:
        """The list may be older than the endpoint: only a look at this one is proof."""
        if self.target.provisioning.endpoint(row.endpoint_name) is None:
            vanished = Failed.because(EndpointVanished(row.endpoint_name))
            self._fail(row, vanished, self.report.vanished)

    def _see_traffic(self, endpoint: Endpoint) -> None:
        """What was moved outside Slipway is seen, and kept."""
        if endpoint.provisioning is Provisioning.SUCCEEDED:
            traffic, mirror = carrying(endpoint.traffic), carrying(endpoint.mirror)
            self.records.record_traffic(endpoint.name, traffic, mirror)

    def _remove_orphans(self, endpoint: Endpoint, living: list[Operation]) -> None:
        owners = {
            deployment.marks.deployment: deployment.name
            for deployment in self.target.provisioning.deployments(endpoint.name)
        }
        if not owners and not self.records.others_on(endpoint.name, ""):
            owners = {endpoint.marks.deployment: endpoint.name}
        owners = {found: name for found, name in owners.items() if is_uuid(found)}
        kept = self.records.living(list(owners))
        for deployment_id, name in owners.items():
            looked_after = self.orchestrations.is_living(deployment_id) or _is_looked_after(
                deployment_id, endpoint, living
            )
            if deployment_id in kept or looked_after:
                continue
            self.report.orphans.append(f"{endpoint.name}/{name}")
            operation_id = self.records.begin_operation(
                OperationKind.DELETE,
                user_id=endpoint.marks.owner,
                endpoint_name=endpoint.name,
                deployment_id=deployment_id,
            )
            run = self._run(endpoint, operation_id, deployment_id, name)
            self.orchestrations.start(OperationKind.DELETE.orchestrator, operation_id, run)

    def _remove_settings(self, project: str) -> None:
        """An autoscale setting outlives its deployment, unless somebody removes it."""
        cloud = self.target.provisioning
        for setting in cloud.autoscale_settings() if self.target.can.autoscale else []:
            place = setting.endpoint_name, setting.deployment_name
            if setting.marks.project == project and cloud.deployment(*place) is None:
                with self._each("/".join(place)):
                    cloud.delete_autoscale(*place)
                    self.report.orphans.append(f"autoscale of {'/'.join(place)}")

    def _fail(self, row: DeploymentRow, failed: Failed, told: list[str]) -> None:
        if self.records.move(row.id, Status.FAILED, failure=failed):
            told.append(row.id)
            self.records.record(
                Event(
                    deployment_id=row.id,
                    operation_id=row.id,
                    phase="sweep",
                    status="failed",
                    message=failed.explained,
                    error=failed,
                )
            )

    @contextmanager
    def _each(self, name: str) -> Iterator[None]:
        """What goes wrong with one of them keeps the sweep from none of the others."""
        try:
            yield
        except Exception as error:
            log.exception("sweep_failed", of=name)
            known = f"{error.code}: " if isinstance(error, SlipwayError) else ""
            self.report.errors.append(f"{name}: {known}{error}")

    def _run(self, endpoint: Endpoint, operation_id: str, deployment_id: str, name: str) -> Run:
        """What delete_deployment needs, from the resource's own tags: the row may be gone."""
        return Run(
            deployment_id=deployment_id,
            operation_id=operation_id,
            user_id=endpoint.marks.owner,
            deployment_name=name,
            endpoint_name=endpoint.name,
            deadlines=deadlines_of(self.settings),
        )


def _is_looked_after(deployment_id: str, endpoint: Endpoint, living: Iterable[Operation]) -> bool:
    """One of these operations is on it; where its row is gone, it is known by its endpoint."""
    return any(
        operation.deployment_id == deployment_id
        or (operation.deployment_id is None and operation.endpoint_name == endpoint.name.lower())
        for operation in living
    )
