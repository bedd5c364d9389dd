"""What Slipway has waited for in vain, or ended itself."""

from shared.errors.base import UserFacingError
from shared.errors.commands import BATCH, DEPLOYMENT, DETAIL, LATER, RETRY
from shared.errors.requests.http import Conflict
from shared.errors.waiting.services import INSTANCE


class WaitedInVain(UserFacingError):
    """Slipway has waited as long as it does; told in rows and operations, never in a reply."""

    status = None


class LeftToSweeper(WaitedInVain):
    code = "left_to_sweeper"
    cause = "An operation could not remove everything from the cloud in time."
    fix = "Nothing to do: the sweeper tries again every 15 minutes."
    look = "The operation's phases say which step failed."
    command = 'curl -s "$SLIPWAY/operations/$ID" -H "Authorization: Bearer $TOKEN"'
    retry = LATER

    def __init__(self) -> None:
        super().__init__("Not everything could be removed from the cloud.")


class DeadlineExceeded(WaitedInVain):
    code = "deadline_exceeded"
    cause = (
        "A phase did not end within its deadline: ENDPOINT_DEADLINE_MINUTES,"
        " DEPLOYMENT_DEADLINE_MINUTES, TRAFFIC_DEADLINE_MINUTES, or STEP_DEADLINE_MINUTES."
    )
    fix = (
        "Retry: an image that was built meanwhile is not built again. Else choose another"
        " size or region, or raise the deadline."
    )
    look = (
        "The failed phase's latest message says what Azure ML was doing;"
        " `remove_deployment` holds the end of the container's log."
    )
    command = f"{DETAIL}\n{RETRY}"
    retry = "yes"
    seen = DEPLOYMENT

    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(f"{what} did not end within {seconds / 60:g} minutes.")


class OrchestrationLost(WaitedInVain):
    code = "orchestration_lost"
    cause = (
        "The sweeper found a deployment that no orchestration looks after: it was"
        " terminated or purged, or the app was away for half an hour before it could begin."
    )
    fix = "Deploy again. What the lost run had made is removed by the sweeper."
    look = "The phase `sweep` of the timeline."
    command = f"{DETAIL}\n{RETRY}"
    retry = "yes"
    seen = DEPLOYMENT

    def __init__(self) -> None:
        super().__init__("Its orchestration is gone.")


class Cancelled(Conflict):
    code = "cancelled"
    cause = "The deployment was deleted while it was deploying. What it had made is removed."
    fix = "Nothing; deploy again when you want it back."
    look = "The orchestration's output; the deployment itself is no longer listed."
    command = INSTANCE
    retry = "no; deploy again"
    seen = "orchestration"

    def __init__(self) -> None:
        super().__init__("The deployment was deleted while it was deploying.")


class BatchStopped(WaitedInVain):
    code = "batch_stopped"
    cause = (
        "An earlier deployment of the same batch failed, and the batch was asked to stop then"
        " (`on_failure`). This one had not begun."
    )
    fix = "See why the other one failed, then retry this one."
    look = "`GET /batches/{id}`: the failed deployment with its error."
    command = f"{BATCH}\n{RETRY}"
    retry = "yes"
    seen = DEPLOYMENT

    def __init__(self, name: str, endpoint_name: str, code: str) -> None:
        super().__init__(f"The batch has stopped: {name} on {endpoint_name} failed with {code}.")


class BatchCancelled(WaitedInVain):
    code = "batch_cancelled"
    cause = "The batch was cancelled before this deployment began."
    fix = "Nothing; retry it when you want it after all."
    look = "`GET /batches/{id}`."
    command = f"{BATCH}\n{RETRY}"
    retry = "yes"
    seen = DEPLOYMENT

    def __init__(self) -> None:
        super().__init__("The batch was cancelled before this one began.")


class BatchIncomplete(WaitedInVain):
    code = "batch_incomplete"
    cause = "The batch has ended, and not all of its deployments are active."
    fix = "Retry the failed ones, each with `POST /deployments/{id}/retry`."
    look = "`GET /batches/{id}`: each deployment with its error."
    command = f"{BATCH}\n{RETRY}"
    retry = "each deployment by itself"
    seen = "operation"

    def __init__(self, failed: int, total: int) -> None:
        super().__init__(f"{failed} of {total} deployments failed.")
