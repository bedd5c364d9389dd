"""All traffic to the verified deployment; what was there before stays beside it."""

import azure.durable_functions as df

from activities.phase import phase
from activities.traffic import carrying, require_settled
from shared.schemas.phases import Progress, ShiftTraffic
from shared.services import Services

bp = df.Blueprint()


@phase(bp, "Moving all traffic to the new deployment.")
def shift_traffic(request: ShiftTraffic, services: Services) -> Progress:
    run, target = request.run, services.serving
    wanted = {run.deployment_name.lower(): 100}
    endpoint = require_settled(target, run.endpoint_name)
    if endpoint is not None and carrying(endpoint) != wanted:
        target.begin_traffic(run.endpoint_name, {run.deployment_name: 100})
        endpoint = require_settled(target, run.endpoint_name)
    if endpoint is None or carrying(endpoint) != wanted:
        return Progress(waiting=True, message="Azure ML is moving the traffic.")
    return Progress(message=f"{run.deployment_name} carries 100 % of the traffic.")
