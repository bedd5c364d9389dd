"""The part of the sweeper for operations whose orchestration never began, is gone, or is late."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from pydantic import BaseModel, ValidationError

from shared.config import Settings
from shared.domain.batch import MAX_BATCH
from shared.domain.deployment import DeploymentRow
from shared.domain.operation import Operation, OperationKind, OperationStatus
from shared.domain.status import Status
from shared.domain.timeline import Event
from shared.errors import SlipwayError
from shared.errors.waiting import DeadlineExceeded, OrchestrationLost
from shared.ports.orchestrations import Orchestrations
from shared.ports.records import Records
from shared.ports.serving_target import ServingTarget
from shared.use_cases.deploy_batch import batch_run_of
from shared.use_cases.runs import deadlines_of, run_of_operation
from shared.wire.outcome import Failed

log = structlog.get_logger()

WAKING = (OperationKind.WAKE, OperationKind.ROLL_BACK)
"""Kinds during which a row that was asleep is deploying."""
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
class Recovery:
    """Begins, or ends with a reason, what no orchestration looks after; asks only the database."""

    records: Records
    target: ServingTarget
    orchestrations: Orchestrations
    settings: Settings
    report: SweepReport = field(default_factory=SweepReport)
    """Filled as the sweep goes, so that it is true even when the sweep breaks off."""
    batches: set[str] = field(default_factory=set)
    """Ids of batches that run: they begin those of their deployments that wait."""

    def recover_rows(self, now: datetime) -> None:
        """Begin what a crash kept from beginning; fail what is late or has no orchestration."""
        with self._each("running operations"):
            running = self.records.running_operations()
            # Batches first: they look after those of their deployments that wait for their turn.
            for operation in sorted(running, key=lambda each: each.kind is not OperationKind.BATCH):
                with self._each(operation.id):
                    self._recover(operation, now)

    def begin_due(self) -> None:
        """Start the operations of what the database puts to sleep or deletes: its time is over."""
        with self._each("due deployments"):
            for operation in self.records.begin_due():
                with self._each(operation.id):
                    self._begin(operation)
                    self.report.begun.append(operation.id)

    def _recover(self, operation: Operation, now: datetime) -> None:
        """Leave it alone while its orchestration lives and is in time; else begin or end it."""
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
        """Start what was accepted just before a crash.

        False where its deployment is gone, and where what was asked for past the API is illegal.
        """
        if operation.kind is OperationKind.BATCH:
            return self._begin_batch(operation)
        row = self._row(operation)
        if row is None:
            return False
        project = self.records.project()
        try:
            run = run_of_operation(
                operation.kind, operation.id, operation.input, row, self.settings, project=project
            )
        except (ValidationError, LookupError, TypeError) as error:
            log.warning("operation_illegal", operation_id=operation.id, reason=str(error))
            return False
        self.orchestrations.start(operation.kind.orchestrator, operation.id, run)
        return True

    def _begin_batch(self, operation: Operation) -> bool:
        """The same of a batch. False where the batch is gone."""
        batch = self.records.batch(operation.id)
        if batch is None:
            return False
        run = batch_run_of(batch, self.settings)
        self.orchestrations.start(operation.kind.orchestrator, operation.id, run)
        return True

    def _lose(self, operation: Operation, lost: Failed) -> None:
        """End it. What a lost update has changed is brought back to what the row says."""
        if operation.kind is not OperationKind.UPDATE:
            self._end(operation, lost, self.report.lost_rows)
            return
        undoing = self.records.undo_update(operation.id, lost)
        self.report.lost_rows.append(operation.id)
        if undoing and self._begin(undoing):
            self.report.begun.append(undoing.id)

    def _end(self, operation: Operation, failed: Failed, told: list[str]) -> None:
        """Fail the operation, with a deployment that is deploying; one being woken sleeps again.

        `told`: the report's list for the id.
        """
        if operation.kind is OperationKind.BATCH:
            self.batches.discard(operation.id)
            self.records.skip_waiting(operation.id, failed)
        row = self._row(operation)
        in_flight = row is not None and row.status is Status.DEPLOYING
        if operation.kind is OperationKind.DEPLOY:
            if row is not None and in_flight:  # it may have ended since
                self._fail(row, failed, told)
            return
        if row is not None and in_flight and operation.kind in WAKING:
            self.records.move(row.id, Status.ASLEEP, failure=failed)
        self.records.end_operation(operation.id, OperationStatus.FAILED, failed)
        told.append(operation.id)

    def _row(self, operation: Operation) -> DeploymentRow | None:
        """Its deployment's row; None of a batch, and where the row is gone."""
        found = operation.deployment_id
        return self.records.deployment(found) if found else None

    def _longest(self, operation: Operation) -> float:
        """Seconds that an operation may take: its deadlines, and the steps of a release."""
        longest = deadlines_of(self.settings).whole
        if operation.kind is OperationKind.BATCH:
            return longest * MAX_BATCH
        if operation.kind is OperationKind.DEPLOY:
            row = self._row(operation)
            longest += row.spec.release.longest_seconds if row and row.model_id else 0
        return longest

    def _fail(self, row: DeploymentRow, failed: Failed, told: list[str]) -> None:
        """Make the row failed; its id goes to `told`, the reason into its timeline."""
        if self.records.move(row.id, Status.FAILED, failure=failed):
            told.append(row.id)
            self.records.record(
                Event(
                    deployment_id=row.id,
                    operation_id=row.id,
                    phase="sweep",
                    status="failed",
                    message=failed.as_text,
                    error=failed,
                )
            )

    @contextmanager
    def _each(self, name: str) -> Iterator[None]:
        """Log and report an error, so that the sweep goes on with the others."""
        try:
            yield
        except Exception as error:
            log.exception("sweep_failed", of=name)
            known = f"{error.code}: " if isinstance(error, SlipwayError) else ""
            self.report.errors.append(f"{name}: {known}{error}")
