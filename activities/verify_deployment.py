"""A real prediction from exactly this deployment, before any traffic reaches it."""

import json
from http import HTTPStatus

import azure.durable_functions as df

from activities.phase import phase
from shared.errors import TransientError
from shared.refusals import PredictionFailed
from shared.schemas.model import probe_payload
from shared.schemas.phases import VerifiedDeployment, VerifyDeployment
from shared.services import Services

STILL_STARTING = {404, 408, 429, 502, 503, 504}
"""Right after provisioning the front door may not know the deployment yet."""


bp = df.Blueprint()


@phase(bp, "Asking the new deployment for a real prediction.")
def verify_deployment(request: VerifyDeployment, services: Services) -> VerifiedDeployment:
    run = request.run
    answer = services.serving.score(
        run.endpoint_name,
        json.dumps(probe_payload(request.example)).encode(),
        deployment=run.deployment_name,
    )
    if answer.status in STILL_STARTING:
        raise TransientError(
            f"The deployment answered {answer.status}.", code="not_ready_yet", wait_seconds=2
        )
    answered_by = (answer.deployment or "").lower()
    if answer.status != HTTPStatus.OK or answered_by != run.deployment_name.lower():
        log_tail = services.serving.logs(
            run.endpoint_name, run.deployment_name, lines=50, container="inference-server"
        )
        raise PredictionFailed(answer, run.deployment_name, log_tail)
    return VerifiedDeployment(
        prediction=answer.body[:200], message=f"Answered an example row with {answer.body[:200]}."
    )
