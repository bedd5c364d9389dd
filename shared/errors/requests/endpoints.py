"""What an endpoint refuses: who serves whom, sleeping and waking, changes of what lives."""

from shared.errors.commands import BEARER, DETAIL, NO, REPLY
from shared.errors.requests.http import Conflict, InvalidRequest, NotFound

ENDPOINT = f'curl -s "$SLIPWAY/endpoints/$ENDPOINT" {BEARER}'
WAKE = f'curl -s -X POST "$SLIPWAY/deployments/$ID/wake" {BEARER}'
ABORT = f'curl -s -X POST "$SLIPWAY/deployments/$ID/release/abort" {BEARER}'


class OperationNotFound(NotFound):
    def __init__(self, operation_id: str) -> None:
        super().__init__(
            f"You have no operation {operation_id}.",
            fix="Take the id from the reply that began it, or from its Location header.",
        )


class EndpointNotFound(NotFound):
    code = "endpoint_not_found"
    cause = "The caller has no endpoint of this name, or nothing of theirs lives on it any more."
    fix = "Take the name from the list of your endpoints."
    look = "`GET /endpoints`."
    command = f'curl -s "$SLIPWAY/endpoints" {BEARER}'
    retry = NO
    seen = REPLY

    def __init__(self, name: str) -> None:
        super().__init__(f"You have no endpoint called {name}.")


class UnknownRevision(InvalidRequest):
    code = "unknown_revision"
    cause = "Traffic, mirror or rollback names what the endpoint does not have."
    fix = "Take the names and numbers from the endpoint's revisions."
    look = "`GET /endpoints/{name}`."
    command = ENDPOINT
    retry = NO
    seen = REPLY

    def __init__(self, field: str, wanted: str, known: list[str]) -> None:
        has = ", ".join(known) or "none"
        super().__init__(f"{field}: there is no {wanted} on this endpoint; it has {has}.")


class OperationRunning(Conflict):
    code = "operation_running"
    cause = "An endpoint is changed by one operation at a time, and one runs already."
    fix = "Follow that operation, look at the endpoint again, then ask for what is still wanted."
    look = "`GET /operations/{id}` with the id of the message."
    command = f'curl -s "$SLIPWAY/operations/$OPERATION" {BEARER}'
    retry = "once that operation has ended"
    seen = REPLY

    def __init__(self, operation_id: str, kind: str) -> None:
        super().__init__(f"Another change of it runs: {kind}, operation {operation_id}.")
        self.facts = {"operation_id": operation_id, "kind": kind}


class ReleaseRunning(Conflict):
    code = "release_running"
    cause = "A canary or shadow release decides about the endpoint's traffic until it has ended."
    fix = "Wait for it, or abort it: then the traffic is where it was before."
    look = "The timeline of the deployment that is being released."
    command = ABORT
    retry = "once the release has ended"
    seen = REPLY

    def __init__(self, deployment_id: str, deployment_name: str) -> None:
        super().__init__(f"{deployment_name} is being released on this endpoint.")
        self.facts = {"deployment_id": deployment_id, "deployment_name": deployment_name}


class TrafficChanged(Conflict):
    code = "traffic_changed"
    cause = (
        "The traffic is not what the caller saw (If-Match): somebody else has moved it, here or"
        " outside Slipway. In a failed operation: it was moved after the request."
    )
    fix = "Look at the endpoint again, and move the traffic from what is there now."
    look = "`GET /endpoints/{name}`: `traffic`, `mirror` and `moves`."
    command = ENDPOINT
    retry = "with the new ETag"
    seen = REPLY

    def __init__(self, traffic: dict[str, int], mirror: dict[str, int]) -> None:
        shares = ", ".join(f"{name} {share} %" for name, share in traffic.items() if share)
        copied = ", ".join(f"{name} {share} %" for name, share in mirror.items() if share)
        there = (shares or "nobody serves") + (f"; mirrored: {copied}" if copied else "")
        super().__init__(f"The traffic has changed since you looked. It is now: {there}.")
        self.facts = {"traffic": traffic, "mirror": mirror}


class NotAsleep(Conflict):
    code = "not_asleep"
    cause = "Only a sleeping deployment can be woken."
    fix = "Nothing to do where it is active or deploying; deploy again where it has failed."
    look = "The deployment's status."
    command = DETAIL
    retry = NO
    seen = REPLY

    def __init__(self, status: str) -> None:
        super().__init__(f"This deployment is {status}, not asleep.")


class StillAsleep(Conflict):
    code = "deployment_asleep"
    cause = "A sleeping or unfinished deployment was given traffic; it has no container."
    fix = "Wake it first, then move the traffic; a rollback to it does both."
    look = "The revisions of the endpoint, with their status."
    command = WAKE
    retry = "once it is active"
    seen = REPLY

    def __init__(self, name: str, status: str) -> None:
        super().__init__(f"{name} is {status}; only an active deployment can serve.")


class NothingToRollBackTo(Conflict):
    code = "nothing_to_roll_back_to"
    cause = "No other revision that is active or asleep has ever served all of the traffic."
    fix = "Name a revision with `to`, or move the traffic yourself."
    look = "`moves` and `revisions` of the endpoint."
    command = ENDPOINT
    retry = NO
    seen = REPLY

    def __init__(self, name: str) -> None:
        super().__init__(f"No earlier revision of {name} that still exists served everything.")


class NoRelease(Conflict):
    code = "no_release"
    cause = "The deployment is not being released by canary or shadow at this moment."
    fix = "Nothing to do: its traffic is moved with PUT /endpoints/{name}/traffic."
    look = "The deployment's status and its `release`."
    command = DETAIL
    retry = NO
    seen = REPLY

    def __init__(self, name: str, status: str, strategy: str) -> None:
        super().__init__(f"{name} is {status}, with the release strategy {strategy}.")


class InstanceTypeFixed(InvalidRequest):
    code = "instance_type_fixed"
    cause = "A living deployment keeps its instance type: another size is a new revision."
    fix = (
        "Deploy the model again to the same endpoint with the other instance_type; the traffic"
        " moves to it once it is up, and the present one goes to sleep."
    )
    look = "`instance_type` of the deployment."
    command = DETAIL
    retry = NO
    seen = REPLY

    def __init__(self, present: str) -> None:
        super().__init__(f"instance_type: this deployment is a {present} and stays one.")


class CountOutsideAutoscale(InvalidRequest):
    code = "count_outside_autoscale"
    cause = "An instance count was asked for that the deployment's autoscale would undo at once."
    fix = "Choose a count between min and max, or send another autoscale (null removes it) with it."
    look = "`autoscale` of the deployment."
    command = DETAIL
    retry = NO
    seen = REPLY

    def __init__(self, count: int, low: int, high: int) -> None:
        super().__init__(f"instance_count: {count} lies outside autoscale's {low} to {high}.")
