"""The inputs of orchestrations: made when they start, and again when a crash kept one from it."""

from typing import Any

from shared.config import Settings
from shared.domain.deployment import DeploymentRow
from shared.domain.naming import is_generated
from shared.domain.operation import OperationKind
from shared.domain.traffic import TrafficSplit
from shared.domain.update import legal_change
from shared.wire.run import Deadlines, DeployRun, RollBackRun, Run, TrafficRun, UpdateRun

MAKING = (
    OperationKind.DEPLOY,
    OperationKind.WAKE,
    OperationKind.ROLL_BACK,
    OperationKind.UPDATE,
)
"""Kinds whose orchestrators also know what the user asked for."""


def run_of_operation(
    kind: OperationKind,
    operation_id: str,
    input: dict[str, Any],
    row: DeploymentRow,
    settings: Settings,
    *,
    project: str,
    request_id: str | None = None,
    traceparent: str | None = None,
) -> Run:
    """The input of the orchestrator of this kind. `input`: as the operation's row keeps it."""
    plain = run_of(
        row,
        settings,
        operation_id=operation_id,
        request_id=request_id,
        traceparent=traceparent,
    )
    if kind is OperationKind.CHANGE_TRAFFIC:
        return TrafficRun(
            **plain.model_dump(),
            wanted=TrafficSplit.model_validate(input["wanted"]),
            expected=TrafficSplit.model_construct(**input["expected"]),
        )
    if kind not in MAKING:
        return plain
    making = deploy_run_of(
        row,
        settings,
        project=project,
        operation_id=operation_id,
        request_id=request_id,
        traceparent=traceparent,
    )
    if kind is OperationKind.ROLL_BACK:
        return RollBackRun(**making.model_dump(), asleep=input["asleep"])
    if kind is OperationKind.UPDATE:
        return UpdateRun(**making.model_dump(), change=legal_change(input))
    return making


def deploy_run_of(
    row: DeploymentRow,
    settings: Settings,
    *,
    project: str,
    operation_id: str | None = None,
    request_id: str | None = None,
    traceparent: str | None = None,
) -> DeployRun:
    """The input of this row's deploy_model, or of another operation on its container.

    `project`: see Records.project.
    """
    return DeployRun(
        **run_of(
            row,
            settings,
            operation_id=operation_id or row.id,
            request_id=request_id,
            traceparent=traceparent,
        ).model_dump(exclude={"project"}),
        project=project,
        spec=row.spec,
        endpoint_generated=is_generated(row.endpoint_name),
    )


def run_of(
    row: DeploymentRow,
    settings: Settings,
    *,
    operation_id: str,
    request_id: str | None = None,
    traceparent: str | None = None,
) -> Run:
    """The input of an orchestration that needs to know no more than whose row it is."""
    return Run(
        deployment_id=row.id,
        operation_id=operation_id,
        user_id=row.user_id,
        deployment_name=row.deployment_name,
        endpoint_name=row.endpoint_name,
        deadlines=deadlines_of(settings),
        request_id=request_id,
        traceparent=traceparent,
    )


def deadlines_of(settings: Settings) -> Deadlines:
    """In seconds, from settings in minutes."""
    return Deadlines(
        endpoint=settings.endpoint_deadline_minutes * 60,
        deployment=settings.deployment_deadline_minutes * 60,
        traffic=settings.traffic_deadline_minutes * 60,
        removal=settings.removal_deadline_minutes * 60,
        step=settings.step_deadline_minutes * 60,
    )
