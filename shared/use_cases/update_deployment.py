"""Change a living deployment: at once what only its row holds, the rest by an operation."""

from typing import Any

from shared.domain.deployment import DeploymentRow
from shared.domain.operation import OperationKind
from shared.domain.update import DeploymentPatch, Updated
from shared.errors.requests import CountOutsideAutoscale, InstanceTypeFixed
from shared.use_cases.change_endpoint import start_change
from shared.use_cases.deploy import Initiator


def update_deployment(initiator: Initiator, row: DeploymentRow, wanted: DeploymentPatch) -> Updated:
    """Change the row, and begin an operation where the cloud has to change; both.

    Raises InvalidRequest instance_type_fixed, count_outside_autoscale; Conflict not_active,
    operation_running; Unavailable start_failed.
    """
    if "instance_type" in wanted.model_fields_set:
        raise InstanceTypeFixed(row.instance_type)
    updated = initiator.data.update_deployment(row.id, {**wanted.asked, **_scaled(row, wanted)})
    if updated.operation:
        start_change(initiator, OperationKind.UPDATE, row, updated.operation)
    return updated


def _scaled(row: DeploymentRow, wanted: DeploymentPatch) -> dict[str, Any]:
    """The `instance_count` to add to the request, as autoscale asks for it; empty for none.

    Raises CountOutsideAutoscale.
    """
    asked = wanted.model_fields_set
    limits = wanted.autoscale if "autoscale" in asked else row.autoscale
    if "instance_count" in asked:
        count = wanted.instance_count
        if limits and limits.within(count) != count:
            raise CountOutsideAutoscale(count, limits.min, limits.max)
        return {}
    if "autoscale" not in asked:
        return {}
    if limits is None:
        return {"instance_count": row.instance_count} if row.autoscale else {}
    allowed = limits.within(row.instance_count)
    return {} if allowed == row.instance_count else {"instance_count": allowed}
