"""One phase as an orchestrator sees it: call, wait on a durable timer, call again, give up in time.

An activity raises what deserves another try and returns what does not.
"""

import re
from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any, TypeVar

from azure.durable_functions import DurableOrchestrationContext
from shared.errors.requests import InternalError
from shared.errors.waiting import DeadlineExceeded, OutOfCapacity
from shared.wire.outcome import Failed, Outcome, RetryText
from shared.wire.phases import PhaseInput, PhaseResult

Result = TypeVar("Result", bound=PhaseResult)
Value = TypeVar("Value")
Steps = Generator[Any, Any, Value]
"""What an orchestrator is: it yields durable tasks, is sent their results, and returns a value."""

SHORTEST_WAIT, LONGEST_WAIT = 1.0, 30.0
SETTLING = 6
"""A wait is this fraction of the time passed: 1 s at first, 30 s from the third minute on."""
CLOSELY = 20
"""The same where somebody waits for the end: every second for 20 s, then at most 5 % late."""
MAX_TROUBLES = 20
"""Transient errors in one phase, which is then given up: about eight minutes of outage."""
MAX_CRASHES = 3
"""Other exceptions in one phase, which is then given up: most likely a bug of ours."""
STEP_DEADLINE = 30 * 60.0
"""Of a run that began before its input said so."""

WAITING_IS_NO_HELP = {OutOfCapacity.code: OutOfCapacity.fix}
"""Error code to the fix that is told, where waiting some minutes is none."""


class PhaseFailed(Exception):
    """A phase refused, or did not end in time."""

    def __init__(self, phase: str, failed: Failed) -> None:
        super().__init__(f"{phase}: {failed.code}")
        self.phase, self.failed = phase, failed


def phase_name(input_type: type[PhaseInput]) -> str:
    """The activity that takes this input: VerifyWorkspace is taken by verify_workspace."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", input_type.__name__).lower()


def call_phase(
    context: DurableOrchestrationContext,
    input: PhaseInput,
    result_type: type[Result],
    *,
    deadline: float | None = None,
    settling: int = SETTLING,
) -> Steps[Result]:
    """Perform the phase that takes this input, and return its result once it waits no more.

    `deadline`: seconds from now; the run's deadline for a step where left out. `settling`: see
    SETTLING. Raises PhaseFailed where the phase refuses, has raised too often (MAX_TROUBLES,
    MAX_CRASHES), or is not done by its deadline.
    """
    phase = phase_name(type(input))
    deadline = deadline or input.run.deadlines.step or STEP_DEADLINE
    started = context.current_utc_datetime
    sent = input.model_dump(mode="json", by_alias=True)
    poll = troubles = crashes = 0
    while True:
        try:
            answer = yield context.call_activity(phase, {**sent, "poll": poll})
        except Exception as error:  # all that is left of the exception is its text
            trouble = RetryText.found_in(str(error))
            troubles, crashes = troubles + bool(trouble), crashes + (not trouble)
            if troubles > MAX_TROUBLES or crashes >= MAX_CRASHES:
                raise PhaseFailed(phase, _gave_up(phase, troubles, trouble)) from None
            wait = max(_backoff(troubles + crashes), trouble.wait_seconds if trouble else 0)
        else:
            outcome = Outcome.model_validate(answer)
            if outcome.failed:
                raise PhaseFailed(phase, outcome.failed)
            result = PhaseResult.model_validate(outcome.value)
            if not result.waiting:
                return result_type.model_validate(outcome.value)
            poll += 1
            context.set_custom_status({"phase": phase, "message": result.message})
            wait = _bounded(_passed(context, started) / settling)
        if _passed(context, started) + wait > deadline:
            raise PhaseFailed(phase, Failed.because(DeadlineExceeded(phase, deadline)))
        yield context.create_timer(context.current_utc_datetime + timedelta(seconds=wait))


def _passed(context: DurableOrchestrationContext, since: datetime) -> float:
    return float((context.current_utc_datetime - since).total_seconds())


def _backoff(failures: int) -> float:
    return _bounded(2.0 ** (failures - 1))


def _bounded(wait: float) -> float:
    return min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)


def _gave_up(phase: str, tries: int, trouble: RetryText | None) -> Failed:
    """The failure of a phase tried so often; `trouble`: its last TransientError, if any."""
    if trouble:
        return Failed(
            code=trouble.code,
            message=f"{phase} was tried {tries} times: {trouble.message}",
            fix=WAITING_IS_NO_HELP.get(trouble.code, "Wait some minutes, then retry it."),
        )
    return Failed.because(
        InternalError(
            f"{phase} failed {MAX_CRASHES} times for a reason Slipway does not know.",
            fix="Retry it; if it fails again, report the deployment's id: the log has the cause.",
        )
    )
