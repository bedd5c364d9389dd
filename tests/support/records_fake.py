"""The port Records in memory, with the rules of the SQL: tests/contract/data/test_records.py."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from shared.adapters.supabase.text import DETAIL_BYTES, MESSAGE_BYTES, storable, storable_failure
from shared.domain.batch import Batch
from shared.domain.catalogue import CATALOGUE, Catalogue, InstanceType
from shared.domain.deployment import DeploymentRow, Limits
from shared.domain.endpoint_view import TrafficMove
from shared.domain.failure import Failure
from shared.domain.model import TrainedModel
from shared.domain.naming import is_uuid
from shared.domain.operation import Operation, OperationKind, OperationStatus
from shared.domain.status import LIVING, PROVISIONED, Status, may_move
from shared.domain.timeline import ENDINGS, Event
from shared.domain.trained_model import Scan
from shared.errors.models import ForeignFile
from shared.errors.requests import (
    DeploymentNotFound,
    EndpointNameTaken,
    InvalidRequest,
    ModelNotFound,
)
from shared.errors.waiting import SupabaseMisconfigured
from tests.support.records import ADA, MODEL_ID, NOW, PROJECT, operation_of

MOVABLE = {
    *("azure_model_name", "azure_model_version", "scoring_uri", "swagger_uri"),
    *("error_message", "error", "deployed_at", "recipe"),
}
"""What a move may carry."""


class RecordsFake:
    def __init__(self, *rows: DeploymentRow) -> None:
        self.rows: dict[str, DeploymentRow] = {}
        self.operations: dict[str, Operation] = {}
        self.users = {ADA}
        self.models = {
            MODEL_ID: TrainedModel(id=MODEL_ID, user_id=ADA, model_name="m", file_path=f"{ADA}/m")
        }
        self.traffic: dict[str, dict[str, int]] = {}
        """Of endpoints that some deployment was made on."""
        self.mirror: dict[str, dict[str, int]] = {}
        self.moves: dict[str, list[TrafficMove]] = {}
        """Oldest first."""
        self.batches: dict[str, Batch] = {}
        self.places: dict[str, int] = {}
        """Of batched deployments, by id: in which order they begin."""
        self.turns: dict[tuple[str, int, int], str] = {}
        """Batch, lane and turn to the deployment that was given then."""
        self.sizes = CATALOGUE
        self.memory: dict[str, int] = {}
        self.timeline: list[Event] = []
        self.limits: Limits | None = None
        self.scans: dict[tuple[str, str], Scan] = {}
        for found in rows:
            self.insert(found)

    def insert(self, found: DeploymentRow) -> None:
        """A row, and the operation that deploys it where it is in flight. EndpointNameTaken."""
        self.claim(found)
        there = found.endpoint_name.lower()
        before = [row for row in self.rows.values() if row.endpoint_name.lower() == there]
        last = max((row.revision for row in before), default=0)
        found = found.model_copy(update={"revision": max(found.revision, last + 1)})
        self.rows[found.id] = found
        self.users.add(found.user_id)
        if found.status is Status.DEPLOYING:
            self.operations[found.id] = operation_of(found)

    def deployment(self, deployment_id: str) -> DeploymentRow | None:
        if not is_uuid(deployment_id):
            raise InvalidRequest("The database refuses a value: it is no uuid.")
        return self.rows.get(deployment_id)

    def trained_model(self, model_id: str, user_id: str) -> TrainedModel:
        found = self.models.get(model_id)
        if found is None or found.user_id != user_id:
            raise ModelNotFound(model_id)
        owner, *inside = found.file_path.split("/")
        if owner != user_id or not inside or {"", ".", ".."} & set(inside):
            raise ForeignFile
        return found

    def move(
        self, deployment_id: str, to: Status, *, failure: Failure | None = None, **fields: Any
    ) -> bool:
        if unknown := fields.keys() - MOVABLE:
            raise SupabaseMisconfigured(f"no columns to move with: {sorted(unknown)}")
        found = self.rows.get(deployment_id)
        if found is None or not may_move(found.status, to):
            return False
        if failure:
            kept = Failure.model_validate(storable_failure(failure))
            fields |= {"error": kept, "error_message": storable(failure.as_text, MESSAGE_BYTES)}
        known = {**dict(found), **fields, "status": to, "updated_at": NOW}
        moved = DeploymentRow.model_validate(known)
        if to is Status.ACTIVE:
            moved.deployed_at = moved.deployed_at or NOW
        elif to is Status.DELETED:
            moved.deleted_at = NOW
        self.rows[deployment_id] = moved
        if found.status is Status.DEPLOYING:
            self._end_deploying(moved)
        return True

    def keep_update(self, deployment_id: str, fields: Mapping[str, Any]) -> bool:
        found = self.rows.get(deployment_id)
        if found is None or found.status is not Status.ACTIVE:
            return False
        self.rows[deployment_id] = DeploymentRow.model_validate(
            {**found.model_dump(), "recipe": found.recipe, **fields}
        )
        return True

    def record(self, event: Event) -> None:
        if event.deployment_id not in self.rows:
            return
        kept = event.model_copy(
            update={
                "message": storable(event.message, MESSAGE_BYTES),
                "detail": event.detail and storable(event.detail, DETAIL_BYTES, keep_end=True),
                "error": event.error and Failure.model_validate(storable_failure(event.error)),
                "operation_id": event.operation_id
                if event.operation_id in self.operations
                else None,
                "at": NOW,
            }
        )
        if kept.status not in ("started", *ENDINGS) or _once(kept) not in map(_once, self.timeline):
            self.timeline.append(kept)

    def has_begun(self, operation_id: str) -> bool:
        return any(event.operation_id == operation_id for event in self.timeline)

    def running_operations(self) -> list[Operation]:
        running = [o for o in self.operations.values() if o.status is OperationStatus.RUNNING]
        return sorted(running, key=lambda operation: (operation.started_at, operation.id))

    def begin_operation(
        self, kind: OperationKind, *, user_id: str, endpoint_name: str, deployment_id: str
    ) -> str:
        begun = Operation(
            id=str(uuid4()),
            kind=kind,
            endpoint_name=endpoint_name.lower(),
            deployment_id=deployment_id if deployment_id in self.rows else None,
            status=OperationStatus.RUNNING,
            started_at=NOW,
        )
        self.operations[begun.id] = begun
        return begun.id

    def end_operation(
        self, operation_id: str, to: OperationStatus, failure: Failure | None = None
    ) -> None:
        found = self.operations.get(operation_id)
        if found and found.status is OperationStatus.RUNNING:
            error = failure and Failure.model_validate(storable_failure(failure))
            update = {"status": to, "error": error, "ended_at": NOW}
            self.operations[operation_id] = found.model_copy(update=update)

    def undo_update(self, operation_id: str, failure: Failure) -> Operation | None:
        lost = self.operations[operation_id]
        self.end_operation(operation_id, OperationStatus.FAILED, failure)
        row = self.rows.get(lost.deployment_id or "")
        if (
            row is None
            or row.status is not Status.ACTIVE
            or lost.requested_by is None
            or not self.has_begun(operation_id)
        ):
            return None
        undoing = lost.model_copy(
            update={
                "id": str(uuid4()),
                "parent_id": lost.id,
                "requested_by": None,
                "input": row.model_dump(mode="json", include=set(lost.input)),
            }
        )
        self.operations[undoing.id] = undoing
        self.record(
            Event(
                deployment_id=row.id,
                operation_id=undoing.id,
                phase="undo_update",
                status="note",
                message="An update was lost on its way.",
            )
        )
        return undoing

    def batch(self, batch_id: str) -> Batch | None:
        """As it stands: the statuses are those of its rows and of its operation."""
        found = self.batches.get(batch_id)
        if found is None:
            return None
        for each in found.deployments:
            if row := self.rows.get(each.deployment_id):
                each.status, each.error = row.status, row.error
                each.waiting = each.waiting and row.status is Status.DEPLOYING
        if operation := self.operations.get(batch_id):
            ended = {"status": operation.status, "error": operation.error}
            found = found.model_copy(update={**ended, "ended_at": operation.ended_at})
        return found.model_copy(deep=True)

    def take_turn(self, batch_id: str, lane: int, turn: int) -> DeploymentRow | None:
        if taken := self.turns.get((batch_id, lane, turn)):
            return self.rows[taken]
        self.batch(batch_id)
        waiting = [each for each in self.batches[batch_id].deployments if each.waiting]
        waiting.sort(key=lambda each: self.places.get(each.deployment_id, 0))
        if not waiting:
            return None
        waiting[0].waiting = False
        self.turns[(batch_id, lane, turn)] = waiting[0].deployment_id
        return self.rows[waiting[0].deployment_id]

    def skip_waiting(self, batch_id: str, failure: Failure) -> int:
        self.batch(batch_id)
        waiting = [each for each in self.batches[batch_id].deployments if each.waiting]
        for each in waiting:
            each.waiting = False
            self.move(each.deployment_id, Status.FAILED, failure=failure)
            self.record(
                Event(
                    deployment_id=each.deployment_id,
                    operation_id=each.deployment_id,
                    phase="take_turn",
                    status="failed",
                    message=failure.as_text,
                )
            )
        return len(waiting)

    def record_traffic(
        self,
        endpoint_name: str,
        traffic: Mapping[str, int],
        mirror: Mapping[str, int],
        operation_id: str | None = None,
    ) -> None:
        name = endpoint_name.lower()
        there = (self.traffic.get(name, {}), self.mirror.get(name, {}))
        known = any(found.endpoint_name.lower() == name for found in self.rows.values())
        if known and there != (traffic, mirror):
            self.traffic[name], self.mirror[name] = dict(traffic), dict(mirror)
            moved = TrafficMove(
                at=NOW, traffic=dict(traffic), mirror=dict(mirror), operation_id=operation_id
            )
            self.moves.setdefault(name, []).append(moved)

    def begin_due(self) -> list[Operation]:
        """Time does not pass here."""
        return []

    def keep_model_memory(self, model_id: str, memory_mb: int) -> None:
        self.memory[model_id] = memory_mb

    def instance_types(self) -> Catalogue:
        return self.sizes

    def keep_instance_types(self, region: str, found: Sequence[InstanceType]) -> int:
        def kept(size: InstanceType) -> InstanceType:
            before = self.sizes.get(size.name, size)
            prices = {**before.prices, **size.prices}
            return size.model_copy(update={"prices": prices, "is_default": before.is_default})

        self.sizes = Catalogue(map(kept, found)) if found else self.sizes
        return len(self.sizes)

    def deploying(self) -> list[DeploymentRow]:
        return self._with(Status.DEPLOYING)

    def active(self) -> list[DeploymentRow]:
        return self._with(Status.ACTIVE)

    def others_on(self, endpoint_name: str, deployment_id: str) -> list[DeploymentRow]:
        there = [
            found
            for found in self._with(*LIVING)
            if found.endpoint_name.lower() == endpoint_name.lower() and found.id != deployment_id
        ]
        return sorted(there, key=lambda found: (found.created_at, found.id), reverse=True)

    def rename_endpoint(self, deployment_id: str, endpoint_name: str) -> None:
        found = self.rows.get(deployment_id)
        if found is None or found.status is not Status.DEPLOYING:
            raise DeploymentNotFound(deployment_id)
        renamed = found.model_copy(update={"endpoint_name": endpoint_name, "updated_at": NOW})
        self.claim(renamed)
        self.rows[deployment_id] = renamed
        if begun := self.operations.get(deployment_id):
            update = {"endpoint_name": endpoint_name.lower()}
            self.operations[deployment_id] = begun.model_copy(update=update)

    def living(self, deployment_ids: Sequence[str]) -> set[str]:
        return {found.id for found in self._with(*PROVISIONED)} & set(deployment_ids)

    def apply_limits(self, limits: Limits) -> None:
        self.limits = limits

    def keep_scan(self, user_id: str, content: str, scan: Scan) -> None:
        self.scans[(user_id, content)] = scan

    def project(self) -> str:
        return PROJECT

    def _with(self, *statuses: Status) -> list[DeploymentRow]:
        found = [each for each in self.rows.values() if each.status in statuses]
        return sorted(found, key=lambda each: each.id)

    def claim(self, wanted: DeploymentRow) -> None:
        """An endpoint's name is one user's; a living deployment's name there is taken."""
        for other in self.rows.values():
            if other.id == wanted.id or Status.DELETED in (other.status, wanted.status):
                continue
            if other.endpoint_name.lower() != wanted.endpoint_name.lower():
                continue
            both_live = other.status in LIVING and wanted.status in LIVING
            same_name = other.deployment_name.lower() == wanted.deployment_name.lower()
            if other.user_id != wanted.user_id or (both_live and same_name):
                raise EndpointNameTaken(wanted.endpoint_name)

    def _end_deploying(self, moved: DeploymentRow) -> None:
        if moved.status is Status.ACTIVE:
            self.end_operation(moved.id, OperationStatus.SUCCEEDED)
            return
        why = moved.error
        if moved.status is Status.DELETED:
            message = "The deployment was deleted while it was deploying."
            why = Failure(code="cancelled", message=message, fix="Deploy again.")
        self.end_operation(moved.id, OperationStatus.FAILED, why)


def _once(event: Event) -> tuple[str | None, ...]:
    """Two turning points that are alike in this are one."""
    operation = event.operation_id or event.deployment_id
    return (event.deployment_id, operation, event.phase, event.status, event.message)
