"""Whose a resource is: nobody's, the run's own, one that is on its way out, or somebody else's.

Only here is that decided; a target says what is there and takes plain changes.
"""

from enum import Enum

from shared.domain.deployment import DeploymentRow
from shared.domain.endpoint import Deployment, Endpoint, Marks, Provisioning
from shared.domain.naming import is_uuid
from shared.domain.status import PROVISIONED
from shared.ports.records import Records
from shared.wire.run import Run


class Standing(Enum):
    """Whose the resource is whose name a run wants."""

    ABSENT = "absent"
    OURS = "ours"
    LEAVING = "leaving"
    """Its owner has left it, or it is being removed: wait until it is gone."""
    FOREIGN = "foreign"


def standing_of_endpoint(endpoint: Endpoint | None, run: Run, records: Records) -> Standing:
    """OURS where the run's user made it.

    One of another user's that this database knows is LEAVING: the database has given its name to
    this run, so its last owner has left it. Any other is FOREIGN.
    """
    if endpoint is None:
        return Standing.ABSENT
    if endpoint.marks.owner != run.user_id:
        known = maker_of(endpoint.marks, records) is not None
        return Standing.LEAVING if known else Standing.FOREIGN
    removed = endpoint.provisioning is Provisioning.REMOVING
    return Standing.LEAVING if removed else Standing.OURS


def standing_of_deployment(deployment: Deployment | None, run: Run, records: Records) -> Standing:
    """OURS where this run's row made it; LEAVING while it is removed or its maker has ended."""
    if deployment is None:
        return Standing.ABSENT
    if deployment.provisioning is Provisioning.REMOVING:
        return Standing.LEAVING
    if deployment.marks.deployment == run.deployment_id:
        return Standing.OURS
    return Standing.LEAVING if is_leaving(deployment.marks, records) else Standing.FOREIGN


def maker_of(marks: Marks, records: Records) -> DeploymentRow | None:
    """The row that made the resource with these marks; None where we know of none."""
    return records.deployment(marks.deployment) if is_uuid(marks.deployment) else None


def is_leaving(marks: Marks, records: Records) -> bool:
    """Whether its maker was deleted, has failed or sleeps: it is being removed, or will be."""
    maker = maker_of(marks, records)
    return maker is not None and maker.status not in PROVISIONED


def marks_of(run: Run) -> Marks:
    """The marks that this run writes on what it makes."""
    return Marks(owner=run.user_id, deployment=run.deployment_id, project=run.project)
