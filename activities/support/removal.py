"""Begin a removal also while the resource is still being created, which takes and costs minutes."""

from collections.abc import Callable

from shared.domain.endpoint import Provisioning
from shared.errors.waiting import EndpointBusy


def begin_removal(begin: Callable[[], None], provisioning: Provisioning) -> bool:
    """Call `delete`. False when Azure ML has to finish what runs first: ask again later."""
    try:
        begin()
    except EndpointBusy:
        if not provisioning.runs:
            raise
        return False
    return True
