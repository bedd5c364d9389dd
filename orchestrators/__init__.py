"""Decisions only: order, waiting, retry, compensation. Pure generators, safe to replay.

Never change the step order of an orchestrator that has shipped: add a version beside it.
"""

import azure.durable_functions as df

from orchestrators.change_traffic import change_traffic
from orchestrators.delete_deployment import delete_deployment
from orchestrators.deploy_batch import deploy_batch
from orchestrators.deploy_in_turn import deploy_in_turn
from orchestrators.deploy_model import deploy_model
from orchestrators.open_endpoint import open_endpoint
from orchestrators.roll_back import roll_back
from orchestrators.rotate_keys import rotate_keys
from orchestrators.sleep_deployment import sleep_deployment
from orchestrators.stage_model import stage_model
from orchestrators.update_deployment import update_deployment
from orchestrators.wake_deployment import wake_deployment

ORCHESTRATORS = (
    deploy_model,
    stage_model,
    open_endpoint,
    delete_deployment,
    rotate_keys,
    change_traffic,
    roll_back,
    sleep_deployment,
    wake_deployment,
    update_deployment,
    deploy_batch,
    deploy_in_turn,
)


def blueprint() -> df.Blueprint:
    """Each orchestrator, under its own name."""
    bp = df.Blueprint()
    for orchestrator in ORCHESTRATORS:
        bp.orchestration_trigger(context_name="context")(orchestrator)
    return bp
