"""One phase as an orchestrator sees it: call, wait on a durable timer, call again, give up in time.

Activities raise what deserves another try and return what does not.
"""

import re
from collections.abc import Generator
from datetime import timedelta
from typing import Any

from azure.durable_functions import DurableOrchestrationContext

Wire = dict[str, Any]
Steps = Generator[Any, Any, Any]

SHORTEST_WAIT, LONGEST_WAIT = 1.0, 30.0
SETTLING = 6
"""A wait is this fraction of the time passed: 1 s at first, 30 s from the third minute on."""
MAX_TROUBLES = 20
"""Transient errors in one phase; with the backoff about eight minutes of outage."""
MAX_CRASHES = 3
"""Unexplained errors in one phase: most likely our own bug, not worth more."""
STEP_DEADLINE = 30 * 60.0
"""Of a run that began before its input said so."""

PATIENCE_IN_VAIN = {"out_of_capacity": "Choose another instance_type, or another region."}
"""Where waiting longer is not the best advice."""

_TRANSIENT = re.compile(r"\[(?P<code>\w+) wait=(?P<wait>[\d.]+)\] (?P<message>[^\n]*)")


class PhaseFailed(Exception):
    """A phase refused, or did not end in time. `failed` has code, message, fix, detail."""

    def __init__(self, phase: str, failed: Wire) -> None:
        super().__init__(f"{phase}: {failed['code']}")
        self.phase, self.failed = phase, failed

    @classmethod
    def in_outcome(cls, outcome: Wire) -> None:
        """Raise what a sub-orchestration reported, if it failed."""
        if failed := outcome.get("failed"):
            raise cls(outcome["phase"], failed)

    def as_outcome(self, **more: Any) -> Wire:
        return {"failed": self.failed, "phase": self.phase, **more}


def run(
    context: DurableOrchestrationContext,
    phase: str,
    request: Wire,
    /,
    *,
    deadline: float | None = None,
    **inputs: Any,
) -> Steps:
    """Perform one phase to its end; its value. `deadline` in seconds. Raises PhaseFailed."""
    deadline = deadline or request["deadlines"].get("step") or STEP_DEADLINE
    started = context.current_utc_datetime
    poll = troubles = crashes = 0
    while True:
        try:
            outcome = yield context.call_activity(phase, {"run": request, "poll": poll, **inputs})
        except Exception as error:  # all that is left of the exception is its text
            trouble = _TRANSIENT.search(str(error))
            troubles, crashes = troubles + bool(trouble), crashes + (not trouble)
            if troubles > MAX_TROUBLES or crashes >= MAX_CRASHES:
                raise PhaseFailed(phase, _gave_up(phase, trouble)) from None
            wait = max(_backoff(troubles + crashes), float(trouble["wait"]) if trouble else 0)
        else:
            if failed := outcome.get("failed"):
                raise PhaseFailed(phase, failed)
            value = outcome["value"]
            if not value["waiting"]:
                return value
            poll += 1
            context.set_custom_status({"phase": phase, "message": value["message"]})
            wait = _bounded(_passed(context, started) / SETTLING)
        if _passed(context, started) + wait > deadline:
            raise PhaseFailed(phase, _too_late(phase, deadline))
        yield context.create_timer(context.current_utc_datetime + timedelta(seconds=wait))


def _passed(context: DurableOrchestrationContext, since: Any) -> float:
    return float((context.current_utc_datetime - since).total_seconds())


def _backoff(attempt: int) -> float:
    return _bounded(2.0 ** (attempt - 1))


def _bounded(wait: float) -> float:
    return min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)


def _gave_up(phase: str, trouble: re.Match[str] | None) -> Wire:
    if trouble:
        return {
            "code": trouble["code"],
            "message": f"{phase} was tried {MAX_TROUBLES} times: {trouble['message'].strip()}",
            "fix": PATIENCE_IN_VAIN.get(trouble["code"], "Wait some minutes, then retry it."),
        }
    return {
        "code": "internal_error",
        "message": f"{phase} failed {MAX_CRASHES} times for a reason Slipway does not know.",
        "fix": "Retry it; if it fails again, report the deployment's id: the log has the cause.",
    }


def _too_late(phase: str, deadline: float) -> Wire:
    return {
        "code": "deadline_exceeded",
        "message": f"{phase} did not end within {deadline / 60:g} minutes.",
        "fix": "Azure ML may be slow in this region: retry, or choose another size or region."
        " Where a container had started, the end of its log is in the timeline, at its removal.",
    }
