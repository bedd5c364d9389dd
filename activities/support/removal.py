"""Beginning a removal while the resource may still be created, which takes and costs minutes."""

from collections.abc import Callable

from shared.domain.endpoint import Provisioning
from shared.errors.waiting import EndpointBusy


def begin_removal(begin: Callable[[], None], provisioning: Provisioning) -> bool:
    """False when Azure ML insists on finishing what runs first: worth another look."""
    try:
        begin()
    except EndpointBusy:
        if not provisioning.runs:
            raise
        return False
    return True
