"""A real prediction from exactly this deployment, before any traffic reaches it."""

import json
from http import HTTPStatus

import azure.durable_functions as df

from activities.log_tail import log_tail
from activities.phase import phase
from shared.refusals import PredictionFailed
from shared.schemas.model import probe_payload
from shared.schemas.phases import VerifiedDeployment, VerifyDeployment
from shared.services import Services

STILL_STARTING = {404, 429, 502, 503}
"""Right after provisioning the front door may not know the deployment yet."""
TOO_SLOW = {408, 504}
"""Each of these has waited for a minute already."""
PATIENCE = {**dict.fromkeys(STILL_STARTING, 20), **dict.fromkeys(TOO_SLOW, 3)}
"""Answers of a kind before it counts as the last word; twenty of them take about a minute."""


bp = df.Blueprint()


@phase(bp, "Asking the new deployment for a real prediction.")
def verify_deployment(request: VerifyDeployment, services: Services) -> VerifiedDeployment:
    run = request.run
    answer = services.serving.score(
        run.endpoint_name,
        json.dumps(probe_payload(request.example)).encode(),
        deployment=run.deployment_name,
    )
    if request.poll + 1 < PATIENCE.get(answer.status, 0):
        return VerifiedDeployment(
            waiting=True, message=f"The deployment answered {answer.status}; asking it again."
        )
    answered_by = (answer.deployment or "").lower()
    if answer.status != HTTPStatus.OK or answered_by != run.deployment_name.lower():
        raise PredictionFailed(answer, run.deployment_name, log_tail(services.serving, run))
    return VerifiedDeployment(
        prediction=answer.body[:200], message=f"Answered an example row with {answer.body[:200]}."
    )
