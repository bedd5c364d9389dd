"""The port Records in memory: rows that move legally, a timeline, nothing else."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.catalogue import CATALOGUE, Catalogue, InstanceType
from shared.domain.deployment import DeploymentRow, Limits
from shared.domain.failure import Failure
from shared.domain.model import TrainedModel
from shared.domain.operation import Operation, OperationKind, OperationStatus
from shared.domain.status import Status, may_move
from shared.domain.timeline import Event
from shared.domain.trained_model import Scan
from shared.errors.requests import ModelNotFound
from shared.wire.run import Deadlines, DeployRun

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADA = "22222222-2222-4222-8222-222222222222"
GRACE = "55555555-5555-4555-8555-555555555555"
PROJECT = "44444444-4444-4444-8444-444444444444"
MODEL_ID = "33333333-3333-4333-8333-333333333333"


def row(number: int = 1, **fields: Any) -> DeploymentRow:
    """Deployment `number` of ada's: blue on iris, an hour old, unless said otherwise."""
    return DeploymentRow.model_validate(
        {
            "id": f"{number:08d}-1111-4111-8111-111111111111",
            "user_id": ADA,
            "model_id": MODEL_ID,
            "deployment_name": "blue",
            "endpoint_name": "iris",
            "instance_type": "Standard_DS1_v2",
            "instance_count": 1,
            "status": "deploying",
            "created_at": NOW - timedelta(hours=1),
            "updated_at": NOW,
            **fields,
        }
    )


def run_of(found: DeploymentRow) -> DeployRun:
    return DeployRun(
        deployment_id=found.id,
        user_id=found.user_id,
        deployment_name=found.deployment_name,
        endpoint_name=found.endpoint_name,
        operation_id=found.id,
        spec=found.spec,
        deadlines=Deadlines(endpoint=1, deployment=1, traffic=1, removal=1),
        project=PROJECT,
    )


def operation(
    number: int, kind: OperationKind, endpoint_name: str = "iris", deployment_id: str | None = None
) -> Operation:
    """Operation `number`, running, begun now."""
    return Operation(
        id=f"{number:08d}-6666-4666-8666-666666666666",
        kind=kind,
        endpoint_name=endpoint_name,
        deployment_id=deployment_id,
        status=OperationStatus.RUNNING,
        started_at=NOW,
    )


def operation_of(found: DeploymentRow) -> Operation:
    """The operation that deploys this row."""
    return Operation(
        id=found.id,
        kind=OperationKind.DEPLOY,
        endpoint_name=found.endpoint_name.lower(),
        deployment_id=found.id,
        status=OperationStatus.RUNNING,
        started_at=found.created_at,
    )


class RecordsFake:
    def __init__(self, *rows: DeploymentRow) -> None:
        self.rows = {found.id: found for found in rows}
        self.operations = {
            found.id: operation_of(found) for found in rows if found.status is Status.DEPLOYING
        }
        self.traffic: dict[str, dict[str, int]] = {}
        self.mirror: dict[str, dict[str, int]] = {}
        self.timeline: list[Event] = []
        self.limits: Limits | None = None
        self.scans: dict[tuple[str, str], Scan] = {}
        self.sizes = CATALOGUE
        self.memory: dict[str, int] = {}

    def deployment(self, deployment_id: str) -> DeploymentRow | None:
        return self.rows.get(deployment_id)

    def trained_model(self, model_id: str, user_id: str) -> TrainedModel:
        if (model_id, user_id) != (MODEL_ID, ADA):
            raise ModelNotFound(model_id)
        return TrainedModel(id=model_id, user_id=user_id, model_name="m", file_path=f"{user_id}/m")

    def move(
        self, deployment_id: str, to: Status, *, failure: Failure | None = None, **fields: Any
    ) -> bool:
        found = self.rows.get(deployment_id)
        if found is None or not may_move(found.status, to):
            return False
        if failure:
            fields |= {"error": failure, "error_message": failure.explained}
        self.rows[deployment_id] = found.model_copy(update={**fields, "status": to})
        if found.status is Status.DEPLOYING:
            ended = OperationStatus.SUCCEEDED if to is Status.ACTIVE else OperationStatus.FAILED
            self.end_operation(deployment_id, ended, failure)
        return True

    def record(self, event: Event) -> None:
        self.timeline.append(event)

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

    def has_begun(self, operation_id: str) -> bool:
        return any(event.operation_id == operation_id for event in self.timeline)

    def running_operations(self) -> list[Operation]:
        running = [o for o in self.operations.values() if o.status is OperationStatus.RUNNING]
        return sorted(running, key=lambda operation: (operation.started_at, operation.id))

    def begin_operation(
        self, kind: OperationKind, *, user_id: str, endpoint_name: str, deployment_id: str
    ) -> str:
        known = deployment_id if deployment_id in self.rows else None
        begun = operation(len(self.operations) + 1, kind, endpoint_name.lower(), known)
        self.operations[begun.id] = begun
        return begun.id

    def end_operation(
        self, operation_id: str, to: OperationStatus, failure: Failure | None = None
    ) -> None:
        found = self.operations.get(operation_id)
        if found and found.status is OperationStatus.RUNNING:
            update = {"status": to, "error": failure, "ended_at": NOW}
            self.operations[operation_id] = found.model_copy(update=update)

    def record_traffic(
        self,
        endpoint_name: str,
        traffic: Mapping[str, int],
        mirror: Mapping[str, int],
        operation_id: str | None = None,
    ) -> None:
        self.traffic[endpoint_name.lower()] = dict(traffic)
        self.mirror[endpoint_name.lower()] = dict(mirror)

    def begin_due(self) -> list[Operation]:
        return []

    def deploying(self) -> list[DeploymentRow]:
        return self._with(Status.DEPLOYING)

    def active(self) -> list[DeploymentRow]:
        return self._with(Status.ACTIVE)

    def others_on(self, endpoint_name: str, deployment_id: str) -> list[DeploymentRow]:
        return [
            found
            for found in self._with(Status.DEPLOYING, Status.ACTIVE, Status.ASLEEP)
            if found.endpoint_name == endpoint_name and found.id != deployment_id
        ]

    def rename_endpoint(self, deployment_id: str, endpoint_name: str) -> None:
        found = self.rows[deployment_id]
        self.rows[deployment_id] = found.model_copy(update={"endpoint_name": endpoint_name})

    def living(self, deployment_ids: Any) -> set[str]:
        return {f.id for f in self._with(Status.DEPLOYING, Status.ACTIVE)} & set(deployment_ids)

    def apply_limits(self, limits: Limits) -> None:
        self.limits = limits

    def keep_scan(self, user_id: str, content: str, scan: Scan) -> None:
        self.scans[(user_id, content)] = scan

    def project(self) -> str:
        return PROJECT

    def _with(self, *statuses: Status) -> list[DeploymentRow]:
        return [found for found in self.rows.values() if found.status in statuses]
