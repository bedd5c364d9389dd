"""The port Records in memory: rows that move legally, a timeline, nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.errors import NotFound
from shared.lifecycle import Status, may_move
from shared.schemas.deployment import DeploymentRow, Event, Limits
from shared.schemas.model import TrainedModel
from shared.schemas.phases import Deadlines, Run

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


def run_of(found: DeploymentRow) -> Run:
    return Run(
        deployment_id=found.id,
        user_id=found.user_id,
        model_id=found.model_id,
        deployment_name=found.deployment_name,
        endpoint_name=found.endpoint_name,
        instance_type=found.instance_type,
        instance_count=found.instance_count,
        deadlines=Deadlines(endpoint=1, deployment=1, traffic=1, removal=1),
        project=PROJECT,
    )


class RecordsFake:
    def __init__(self, *rows: DeploymentRow) -> None:
        self.rows = {found.id: found for found in rows}
        self.timeline: list[Event] = []
        self.limits: Limits | None = None

    def deployment(self, deployment_id: str) -> DeploymentRow | None:
        return self.rows.get(deployment_id)

    def trained_model(self, model_id: str, user_id: str) -> TrainedModel:
        if (model_id, user_id) != (MODEL_ID, ADA):
            raise NotFound("no model", fix="none", code="model_not_found")
        return TrainedModel(id=model_id, user_id=user_id, model_name="m", file_path=f"{user_id}/m")

    def move(self, deployment_id: str, to: Status, **fields: Any) -> bool:
        found = self.rows[deployment_id]
        if not may_move(found.status, to):
            return False
        self.rows[deployment_id] = found.model_copy(update={**fields, "status": to})
        return True

    def record(self, event: Event) -> None:
        self.timeline.append(event)

    def has_begun(self, deployment_id: str) -> bool:
        return any(event.deployment_id == deployment_id for event in self.timeline)

    def deploying(self) -> list[DeploymentRow]:
        return self._with(Status.DEPLOYING)

    def active(self) -> list[DeploymentRow]:
        return self._with(Status.ACTIVE)

    def others_on(self, endpoint_name: str, deployment_id: str) -> list[DeploymentRow]:
        return [
            found
            for found in self._with(Status.DEPLOYING, Status.ACTIVE)
            if found.endpoint_name == endpoint_name and found.id != deployment_id
        ]

    def rename_endpoint(self, deployment_id: str, endpoint_name: str) -> None:
        found = self.rows[deployment_id]
        self.rows[deployment_id] = found.model_copy(update={"endpoint_name": endpoint_name})

    def living(self, deployment_ids: Any) -> set[str]:
        return {f.id for f in self._with(Status.DEPLOYING, Status.ACTIVE)} & set(deployment_ids)

    def apply_limits(self, limits: Limits) -> None:
        self.limits = limits

    def project(self) -> str:
        return PROJECT

    def _with(self, *statuses: Status) -> list[DeploymentRow]:
        return [found for found in self.rows.values() if found.status in statuses]
