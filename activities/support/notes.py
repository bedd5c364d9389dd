"""A line in a deployment's timeline that neither begins nor ends a phase."""

from shared.domain.timeline import Event
from shared.ports.records import Records
from shared.wire.run import Run


def note(
    records: Records,
    run: Run,
    phase: str,
    message: str,
    *,
    detail: str | None = None,
    deployment_id: str | None = None,
) -> None:
    """Record it for the run's operation. `deployment_id`: of another deployment than the run's."""
    records.record(
        Event(
            deployment_id=deployment_id or run.deployment_id,
            operation_id=run.operation_id,
            phase=phase,
            status="note",
            message=message,
            detail=detail,
        )
    )
