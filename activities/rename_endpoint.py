"""Give the run another generated endpoint name, when somebody else in the region has this one."""

from datetime import UTC, datetime

from activities.support.phase import phase
from shared.domain.naming import four_characters, generated_endpoint_name
from shared.services import Services
from shared.wire.phases import RenamedEndpoint, RenameEndpoint


@phase("Choosing another endpoint name.")
def rename_endpoint(input: RenameEndpoint, services: Services) -> RenamedEndpoint:
    """Claims the new name in the database. Raises EndpointNameTaken."""
    name = generated_endpoint_name(datetime.now(UTC), four_characters())
    services.records.rename_endpoint(input.run.deployment_id, name)
    return RenamedEndpoint(
        endpoint_name=name, message=f"{input.run.endpoint_name} was taken; now {name}."
    )
