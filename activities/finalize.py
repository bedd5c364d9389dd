"""The row becomes active, with everything needed to call the endpoint."""

from datetime import UTC, datetime

import azure.durable_functions as df

from activities.phase import phase
from shared.lifecycle import Status
from shared.ports import Records
from shared.refusals import Cancelled, EndpointVanished
from shared.schemas.phases import Finalize, Progress
from shared.services import Services

bp = df.Blueprint()


@phase(bp, "Recording the live endpoint.", cancellable=False)
def finalize(request: Finalize, services: Services) -> Progress:
    run = request.run
    endpoint = services.serving.endpoint(run.endpoint_name)
    if endpoint is None:
        raise EndpointVanished(run.endpoint_name)
    moved = services.records.move(
        run.deployment_id,
        Status.ACTIVE,
        azure_model_name=request.model.name,
        azure_model_version=request.model.version,
        scoring_uri=endpoint.scoring_uri,
        swagger_uri=endpoint.swagger_uri,
        deployed_at=datetime.now(UTC).isoformat(),
    )
    if not moved and not _is_active(services.records, run.deployment_id):
        raise Cancelled
    return Progress(message=f"Live at {endpoint.scoring_uri}.")


def _is_active(records: Records, deployment_id: str) -> bool:
    """True when an earlier try of this very phase got through."""
    row = records.deployment(deployment_id)
    return row is not None and row.status is Status.ACTIVE
