"""Make the row active, with everything that is needed to call the endpoint."""

from datetime import UTC, datetime

from activities.support.phase import phase
from shared.domain.status import Status
from shared.errors.serving import EndpointVanished
from shared.errors.waiting import Cancelled
from shared.ports.records import Records
from shared.services import Services
from shared.wire.phases import Finalize, PhaseResult


@phase("Recording the live endpoint.", cancellable=False)
def finalize(input: Finalize, services: Services) -> PhaseResult:
    """Also ends the deployment's operation.

    Raises EndpointVanished; Cancelled where the row was deleted.
    """
    run = input.run
    endpoint = services.target.provisioning.endpoint(run.endpoint_name)
    if endpoint is None:
        raise EndpointVanished(run.endpoint_name)
    moved = services.records.move(
        run.deployment_id,
        Status.ACTIVE,
        azure_model_name=input.model.name,
        azure_model_version=input.model.version,
        recipe=input.recipe and input.recipe.model_dump(mode="json"),
        scoring_uri=endpoint.scoring_uri,
        swagger_uri=endpoint.swagger_uri,
        deployed_at=datetime.now(UTC).isoformat(),
    )
    if not moved and not _is_active(services.records, run.deployment_id):
        raise Cancelled
    return PhaseResult(message=f"Live at {endpoint.scoring_uri}.")


def _is_active(records: Records, deployment_id: str) -> bool:
    """Whether an earlier try of this phase has made the row active."""
    row = records.deployment(deployment_id)
    return row is not None and row.status is Status.ACTIVE
