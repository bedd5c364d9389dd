"""Rows of the database for tests: deployments, their runs and their operations."""

from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.batch import Batch
from shared.domain.deployment import DeploymentRow
from shared.domain.operation import Operation, OperationKind, OperationStatus
from shared.domain.status import Status
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


def batch_of(number: int, *rows: DeploymentRow, on_failure: str = "go_on") -> Batch:
    """Batch `number` of these rows, which all wait."""
    return Batch.model_validate(
        {
            "batch_id": f"{number:08d}-6666-4666-8666-666666666666",
            "user_id": ADA,
            "status": "running",
            "at_once": 2,
            "on_failure": on_failure,
            "started_at": NOW,
            "deployments": [
                {
                    "deployment_id": each.id,
                    "model_id": each.model_id,
                    "deployment_name": each.deployment_name,
                    "endpoint_name": each.endpoint_name,
                    "status": each.status,
                    "waiting": each.status is Status.DEPLOYING,
                }
                for each in rows
            ],
        }
    )
