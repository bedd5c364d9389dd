"""Write into the database which sizes the workspace's region offers, with their prices."""

from shared.domain.catalogue import Catalogue
from shared.ports.records import Records
from shared.ports.serving_target import ServingTarget


def refresh_sizes(target: ServingTarget, records: Records) -> int:
    """How many sizes are on offer then. Errors as Preflight's and Records'.

    A size of a retiring family says so, and names its successor.
    """
    region = target.preflight.workspace().location
    found = Catalogue(target.preflight.instance_types()).succeeded()
    return records.keep_instance_types(region, list(found.values()))
