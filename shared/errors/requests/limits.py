"""What is too much for one user."""

from shared.errors.commands import BEARER, DELETE, REPLY, STATS
from shared.errors.requests.http import RequestRefused


class TooMany(RequestRefused):
    """A limit of the user's is reached."""

    status = 429
    retry_after: int = 60
    """Seconds."""


class TooManyRequests(TooMany):
    code = "too_many_requests"
    cause = (
        "This user has made more than MAX_REQUESTS_PER_MINUTE requests within a minute,"
        " over all instances of the app. Refused requests do not count."
    )
    fix = "Wait as long as `Retry-After` says; poll a deployment every few seconds."
    look = (
        "Function app: Settings, Environment variables. The limit in force is the row of"
        " `slipway.deployment_limits`; a changed setting reaches it when the app starts."
    )
    command = f'curl -si "$SLIPWAY/deployments/stats" {BEARER} | grep -i retry-after'
    retry = "yes, after `Retry-After`"
    seen = REPLY

    def __init__(self, limit: int, retry_after: int) -> None:
        super().__init__(
            f"You have made more than {limit} requests within a minute.",
            fix=f"Wait {retry_after} seconds.",
        )
        self.retry_after = retry_after


class TooManyDeploying(TooMany):
    code = "too_many_deploying"
    cause = "This user has MAX_DEPLOYING deployments in flight."
    fix = "Wait until one has ended, or delete one: that cancels it."
    look = "The list with `status=deploying`."
    command = f'curl -s "$SLIPWAY/deployments/list?status=deploying" {BEARER}'
    retry = "when one has ended"
    seen = REPLY

    def __init__(self, count: int, limit: int, asked: int = 1) -> None:
        more = f" and ask for {asked} more" if asked > 1 else ""
        super().__init__(f"You have {count} deployments in flight{more}; the limit is {limit}.")


class TooManyActive(TooMany):
    code = "too_many_active"
    cause = "Active deployments and those in flight together reach MAX_ACTIVE."
    fix = "Delete one that is not needed, or raise MAX_ACTIVE."
    look = "The list with `status=active`."
    command = f"{STATS}\n{DELETE}"
    seen = REPLY

    def __init__(self, count: int, deploying: int, limit: int, asked: int = 1) -> None:
        in_flight = f" and {deploying} on the way" if deploying else ""
        more = f", and ask for {asked} more" if asked > 1 else ""
        super().__init__(
            f"You have {count} active deployments{in_flight}{more}; the limit is {limit}."
        )
