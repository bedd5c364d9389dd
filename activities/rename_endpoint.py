"""Another generated name, when somebody else in the region has this one."""

from datetime import UTC, datetime

import azure.durable_functions as df

from activities.phase import phase
from shared.naming import four_characters, generated_endpoint_name
from shared.schemas.phases import RenamedEndpoint, RenameEndpoint
from shared.services import Services

bp = df.Blueprint()


@phase(bp, "Choosing another endpoint name.")
def rename_endpoint(request: RenameEndpoint, services: Services) -> RenamedEndpoint:
    name = generated_endpoint_name(datetime.now(UTC), four_characters())
    services.records.rename_endpoint(request.run.deployment_id, name)
    return RenamedEndpoint(
        endpoint_name=name, message=f"{request.run.endpoint_name} was taken; now {name}."
    )
