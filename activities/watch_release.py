"""Compare the new revision's metrics with its limits and with the revision it should replace."""

from activities.support.phase import phase
from shared.domain.metrics import Served
from shared.domain.release import Release
from shared.errors.serving import ReleaseRejected
from shared.services import Services
from shared.wire.phases import WatchedRelease, WatchRelease

SLOWER = 1.5
"""A p95 of more than this times the old revision's is bad where no limit was given."""
NOISE_MS = 50
"""Slower by less than this is not slower."""


@phase("Watching the new revision.")
def watch_release(input: WatchRelease, services: Services) -> WatchedRelease:
    """Judge by the requests between `since` and `until`; `silent`: there were too few of them.

    Raises ReleaseRejected.
    """
    run, plan, metrics = input.run, input.run.spec.release, services.target.metrics
    new, old = Served(), Served()
    if metrics is not None:
        window = (input.since, input.until)
        new = metrics.served(run.endpoint_name, run.deployment_name, *window)
        old = Served.together(
            [metrics.served(run.endpoint_name, name, *window) for name in input.before]
        )
    enough = new.requests >= plan.min_requests
    if enough and (why := _worse(plan, new, old)):
        raise ReleaseRejected(why, str(new), str(old))
    told = f"{input.note} " if input.note else ""
    if input.last and enough:
        told += f"{_share(input)}good. The new revision had {new}; the old one {old}."
    elif input.last:
        told += (
            f"{_share(input)}only {new.requests} of at least {plan.min_requests} requests to judge"
            f" by. {'Waiting for more.' if plan.on_silence == 'wait' else 'Going on, as asked.'}"
        )
    return WatchedRelease(silent=not enough, message=told.strip())


def _worse(plan: Release, new: Served, old: Served) -> str | None:
    """Why it is bad, in numbers; None where it is good."""
    if new.error_percent > max(plan.max_error_percent, old.error_percent):
        return (
            f"{new.error_percent:.1f} % of its answers were errors;"
            f" at most {plan.max_error_percent:g} % were allowed."
        )
    if new.p95_ms is None:
        return None
    if plan.max_p95_ms is not None:
        if new.p95_ms > plan.max_p95_ms:
            return f"Its p95 was {new.p95_ms:.0f} ms; at most {plan.max_p95_ms:g} ms were allowed."
    elif old.p95_ms is not None and new.p95_ms > max(SLOWER * old.p95_ms, old.p95_ms + NOISE_MS):
        return f"Its p95 was {new.p95_ms:.0f} ms, more than {SLOWER:g} times the old one's."
    return None


def _share(input: WatchRelease) -> str:
    return f"{input.share} %: " if input.share else "Copied requests: "
