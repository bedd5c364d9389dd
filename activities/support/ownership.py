"""Whose a resource is and what follows from it: make it, wait for it, or leave it to its owner.

The one place that decides so; a target only says what is there and takes plain changes.
"""

from enum import Enum

from shared.domain.deployment import DeploymentRow
from shared.domain.endpoint import Deployment, Endpoint, Marks, Provisioning
from shared.domain.naming import is_uuid
from shared.domain.status import PROVISIONED
from shared.ports.records import Records
from shared.wire.run import Run


class Standing(Enum):
    """What stands where a run wants to put something."""

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
    """Its maker was deleted or has failed: it is being torn down, or the sweeper will see to it."""
    maker = maker_of(marks, records)
    return maker is not None and maker.status not in PROVISIONED


def marks_of(run: Run) -> Marks:
    """The marks by which this run's resources are known as ours."""
    return Marks(owner=run.user_id, deployment=run.deployment_id, project=run.project)
