"""How a phase becomes an activity: its input parsed, the timeline told, its failures sorted.

A UserFacingError is returned (final), anything else is raised (the orchestrator tries again).
A phase of a deployment that its owner has deleted does not begin.
"""

import contextlib
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import structlog

from shared.domain.status import Status
from shared.domain.timeline import Event, EventStatus
from shared.errors import TransientError, UserFacingError
from shared.errors.waiting import Cancelled
from shared.ports.records import Records
from shared.services import Services, services
from shared.wire.outcome import Failed, Outcome, RetryText
from shared.wire.phases import PhaseInput, PhaseResult
from shared.wire.run import Run

log = structlog.get_logger()

Input = TypeVar("Input", bound=PhaseInput)
Result = TypeVar("Result", bound=PhaseResult)
Activity = Callable[[dict[str, Any]], dict[str, Any]]


class PhaseMustWait(Exception):
    """Asks the orchestrator for another try. Its text, all that a history keeps, is a RetryText."""


ACTIVITIES: list[Activity] = []
"""Every phase that was declared with @phase, as the worker calls it: JSON in, JSON out."""


def phase(
    begins: str, *, cancellable: bool = True, silent: bool = False
) -> Callable[[Callable[[Input, Services], Result]], Callable[[Input, Services], Result]]:
    """Declare `fn(input, services) -> result` as the activity of its name; `fn` stays callable.

    `begins` is what the timeline says when the phase starts. A phase that is not `cancellable`
    also runs for a deployment that is no longer deploying: clean-up. A `silent` one leaves no line
    in the timeline: book-keeping.
    """

    def declare(fn: Callable[[Input, Services], Result]) -> Callable[[Input, Services], Result]:
        parameters = inspect.signature(fn, eval_str=True).parameters
        input_type: type[Input] = next(iter(parameters.values())).annotation

        def activity(input):  # type: ignore[no-untyped-def]  # the worker reads annotations
            parsed = input_type.model_validate(input)
            outcome = perform(fn, parsed, services(), begins, cancellable, silent)
            return outcome.model_dump(mode="json", exclude_none=True)

        activity.__name__ = activity.__qualname__ = fn.__name__
        activity.__module__, activity.__doc__ = fn.__module__, fn.__doc__
        ACTIVITIES.append(activity)
        return fn

    return declare


def perform(
    fn: Callable[[Input, Services], Result],
    input: Input,
    services: Services,
    begins: str,
    cancellable: bool,
    silent: bool,
) -> Outcome:
    """Run one phase once and write its lines into the timeline.

    The outcome has its value, or its UserFacingError. Raises PhaseMustWait for a TransientError;
    any other exception is logged and goes on.
    """
    run, name = input.run, fn.__name__
    timeline = _Timeline(services.records, run, name, silent)
    with structlog.contextvars.bound_contextvars(
        request_id=run.request_id,
        traceparent=run.traceparent,
        user_id=run.user_id,
        deployment_id=run.deployment_id,
        phase=name,
    ):
        try:
            if cancellable:
                _refuse_when_deleted(services.records, run.deployment_id)
            if input.poll == 0:
                timeline.add("started", begins)
            result = fn(input, services)
            if not result.waiting and result.message:
                timeline.add("succeeded", result.message)
            return Outcome(value=result.model_dump(mode="json"))
        except UserFacingError as error:
            log.warning("phase_refused", code=error.code)
            failed = Failed.because(error)
            timeline.add("failed", failed.as_text, failed.detail, failed)
            return Outcome(failed=failed)
        except TransientError as error:
            log.warning("phase_retrying", code=error.code, wait_seconds=error.wait_seconds)
            with contextlib.suppress(TransientError):  # when the timeline itself is out of reach
                timeline.add("retrying", f"{error.message} Trying again.", error.detail)
            raise PhaseMustWait(RetryText.of(error)) from error
        except Exception:
            log.exception("phase_crashed")
            raise


def _refuse_when_deleted(records: Records, deployment_id: str) -> None:
    """Raises Cancelled where the row is no longer deploying."""
    row = records.deployment(deployment_id)
    if row is None or row.status is not Status.DEPLOYING:
        raise Cancelled


def note(
    records: Records,
    run: Run,
    phase: str,
    message: str,
    *,
    detail: str | None = None,
    deployment_id: str | None = None,
) -> None:
    """Write a line that neither begins nor ends a phase into the timeline of the run's operation.

    `deployment_id`: into that of another deployment than the run's.
    """
    records.record(
        Event(
            deployment_id=deployment_id or run.deployment_id,
            operation_id=run.operation_id,
            phase=phase,
            status="note",
            message=message,
            detail=detail,
        )
    )


class _Timeline:
    """One phase's lines in the timeline of its operation."""

    def __init__(self, records: Records, run: Run, phase: str, silent: bool) -> None:
        self._records, self._run, self._phase, self._silent = records, run, phase, silent

    def add(
        self,
        status: EventStatus,
        message: str,
        detail: str | None = None,
        failure: Failed | None = None,
    ) -> None:
        """Write a line; none where the phase is silent."""
        if self._silent:
            return
        self._records.record(
            Event(
                deployment_id=self._run.deployment_id,
                operation_id=self._run.operation_id,
                phase=self._phase,
                status=status,
                message=message,
                detail=detail,
                error=failure,
            )
        )
