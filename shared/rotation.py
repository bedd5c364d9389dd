"""Replacing an endpoint's keys: one rotation of it at a time, whichever deployment asked."""

from shared.errors import Conflict, Unavailable
from shared.initiation import Initiator, run_of
from shared.schemas.deployment import DeploymentRow


def begin_rotation(initiator: Initiator, row: DeploymentRow) -> None:
    """Start the orchestration. Conflict rotation_running while one runs; Unavailable."""
    instance_id = f"{row.endpoint_name.lower()}-rotate_keys"
    if initiator.orchestrations.is_living(instance_id):
        raise Conflict(
            f"The keys of {row.endpoint_name} are being replaced already.",
            code="rotation_running",
            fix="Wait until the timeline says that the secondary key is new, then fetch the keys.",
        )
    run = run_of(
        row,
        initiator.settings,
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
