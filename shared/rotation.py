"""Replacing an endpoint's keys: one rotation of it at a time, whichever deployment asked."""

from shared.errors import Conflict, Unavailable
from shared.initiation import Initiator, deadlines_of
from shared.schemas.deployment import DeploymentRow
from shared.schemas.phases import Run


def begin_rotation(initiator: Initiator, row: DeploymentRow) -> None:
    """Start the orchestration. Conflict rotation_running while one runs; Unavailable."""
    instance_id = f"{row.endpoint_name.lower()}-rotate_keys"
    if initiator.orchestrations.is_living(instance_id):
        raise Conflict(
            f"The keys of {row.endpoint_name} are being replaced already.",
            code="rotation_running",
            fix="Wait until the timeline says that the secondary key is new, then fetch the keys.",
        )
    run = Run(
        deployment_id=row.id,
        user_id=row.user_id,
        model_id=row.model_id,
        deployment_name=row.deployment_name,
        endpoint_name=row.endpoint_name,
        instance_type=row.instance_type,
        instance_count=row.instance_count,
        deadlines=deadlines_of(initiator.settings),
        request_id=initiator.request_id,
        traceparent=initiator.traceparent,
    )
    initiator.orchestrations.start("rotate_keys", instance_id, run)
    if not initiator.orchestrations.is_living(instance_id):
        # An id that is known may be the last rotation's: keys that are not replaced are no success.
        raise Unavailable(
            "The orchestration service did not begin to replace the keys.",
            code="start_failed",
            fix="Try again in a minute.",
        )
