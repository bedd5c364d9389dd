"""Who made a resource that is in the way, and whether it is on its way out."""

from collections.abc import Mapping

from shared.lifecycle import LIVING
from shared.naming import DEPLOYMENT_TAG, is_uuid
from shared.ports import Records
from shared.schemas.deployment import DeploymentRow


def maker_of(tags: Mapping[str, str], records: Records) -> DeploymentRow | None:
    """The row that made the resource with these tags; None where we know of none."""
    maker = tags.get(DEPLOYMENT_TAG, "")
    return records.deployment(maker) if is_uuid(maker) else None


def is_leaving(tags: Mapping[str, str], records: Records) -> bool:
    """Its maker was deleted or has failed: it is being torn down, or the sweeper will see to it."""
    maker = maker_of(tags, records)
    return maker is not None and maker.status not in LIVING
