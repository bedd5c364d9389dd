"""The end of a container's log, to be kept in the timeline."""

from shared.errors import SlipwayError
from shared.ports.serving_target import ServingTarget
from shared.wire.run import Run

LINES = 200
"""Asked for."""
CONTAINERS = ("inference-server", "storage-initializer")
"""The second says why the first never started."""
LIMIT = 8 * 1024
"""Characters that are kept."""


def log_tail(target: ServingTarget, run: Run) -> str | None:
    """The last lines of the container's log; None where there is none or it cannot be read."""
    for container in CONTAINERS:
        try:
            text = target.inference.logs(
                run.endpoint_name, run.deployment_name, lines=LINES, container=container
            )
        except SlipwayError:
            return None
        if text.strip():
            return text.strip()[-LIMIT:]
    return None
