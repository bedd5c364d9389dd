"""Decisions only: order, waiting, retry, compensation. Pure generators, safe to replay.

Never change the step order of an orchestrator that has shipped: add a version beside it.
"""

import azure.durable_functions as df

from orchestrators import (
    delete_deployment,
    deploy_model,
    open_endpoint,
    rotate_keys,
    stage_model,
)


def blueprints() -> list[df.Blueprint]:
    modules = (deploy_model, stage_model, open_endpoint, delete_deployment, rotate_keys)
    return [module.bp for module in modules]
