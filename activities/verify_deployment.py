"""Ask exactly this deployment for a real prediction, before any traffic reaches it."""

import json
from http import HTTPStatus

from activities.support.logs import log_tail
from activities.support.phase import phase
from shared.domain.model import probe_payload
from shared.errors.serving import PredictionFailed
from shared.services import Services
from shared.wire.phases import VerifiedDeployment, VerifyDeployment

STILL_STARTING = {404, 429, 502, 503}
"""HTTP statuses, right after provisioning: the front door may not know the deployment yet."""
TOO_SLOW = {408, 504}
"""HTTP statuses that come after a minute of waiting."""
MOST_ASKED = {**dict.fromkeys(STILL_STARTING, 20), **dict.fromkeys(TOO_SLOW, 3)}
"""HTTP status to how often it is asked before that answer counts; 20 times take a minute."""


@phase("Asking the new deployment for a real prediction.")
def verify_deployment(input: VerifyDeployment, services: Services) -> VerifiedDeployment:
    """Send the example row, again and again as MOST_ASKED allows. Raises PredictionFailed."""
    run = input.run
    answer = services.target.inference.score(
        run.endpoint_name,
        json.dumps(probe_payload(input.example)).encode(),
        deployment=run.deployment_name,
    )
    if input.poll + 1 < MOST_ASKED.get(answer.status, 0):
        return VerifiedDeployment(
            waiting=True, message=f"The deployment answered {answer.status}; asking it again."
        )
    answered_by = (answer.deployment or "").lower()
    if answer.status != HTTPStatus.OK or answered_by != run.deployment_name.lower():
        raise PredictionFailed(answer, run.deployment_name, log_tail(services.target, run))
    return VerifiedDeployment(
        prediction=answer.body[:200], message=f"Answered an example row with {answer.body[:200]}."
    )
