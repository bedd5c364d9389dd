"""Whose a resource is, who made it, and whether it is on its way out."""

from collections.abc import Mapping

from shared.domain.deployment import DeploymentRow
from shared.domain.naming import DEPLOYMENT_TAG, OWNER_TAG, PROJECT_TAG, is_uuid
from shared.domain.status import LIVING
from shared.ports.records import Records
from shared.wire.run import Run


def maker_of(tags: Mapping[str, str], records: Records) -> DeploymentRow | None:
    """The row that made the resource with these tags; None where we know of none."""
    maker = tags.get(DEPLOYMENT_TAG, "")
    return records.deployment(maker) if is_uuid(maker) else None


def is_leaving(tags: Mapping[str, str], records: Records) -> bool:
    """Its maker was deleted or has failed: it is being torn down, or the sweeper will see to it."""
    maker = maker_of(tags, records)
    return maker is not None and maker.status not in LIVING


def tags_of(run: Run) -> dict[str, str]:
    """The tags by which this run's resources are known as ours."""
    return {
        OWNER_TAG: run.user_id,
        DEPLOYMENT_TAG: run.deployment_id,
        PROJECT_TAG: run.project,
    }
