"""Begin to remove a resource, also one that is still being created."""

from collections.abc import Callable

from shared.domain.endpoint import Provisioning
from shared.errors.waiting import EndpointBusy


def begin_removal(begin: Callable[[], None], provisioning: Provisioning) -> bool:
    """Call `begin`; False where the cloud is busy with the resource: try again later.

    `provisioning`: of the resource. Raises EndpointBusy where nothing runs on it.
    """
    try:
        begin()
    except EndpointBusy:
        if not provisioning.runs:
            raise
        return False
    return True
