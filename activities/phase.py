"""How a phase becomes an activity: its input parsed, its progress told, its failures sorted.

A UserFacingError is returned (final), anything else is raised (the orchestrator tries again).
A phase of a deployment that its owner has deleted does not begin.
"""

import contextlib
import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

import azure.durable_functions as df
import structlog

from shared.errors import TransientError, UserFacingError
from shared.lifecycle import Status
from shared.outcome import Failed, Outcome
from shared.ports import Records
from shared.refusals import Cancelled
from shared.schemas.deployment import Event, EventStatus
from shared.schemas.phases import Phase, Progress
from shared.services import Services, services

log = structlog.get_logger()

Wire = dict[str, Any]
Input = TypeVar("Input", bound=Phase)
Value = TypeVar("Value", bound=Progress)


def phase(
    bp: df.Blueprint, begins: str, *, cancellable: bool = True, repeats: bool = False
) -> Callable[[Callable[[Input, Services], Value]], Callable[[Input, Services], Value]]:
    """Register `fn(request, services) -> value` under its own name; `fn` stays callable.

    `begins` is what the timeline says when the phase starts. A phase that is not `cancellable`
    also runs for a deployment that is no longer deploying: clean-up. One that `repeats` in the life
    of a deployment is told in notes: the timeline keeps a phase's start and end once.
    """

    def register(fn: Callable[[Input, Services], Value]) -> Callable[[Input, Services], Value]:
        request_type = next(
            iter(inspect.signature(fn, eval_str=True).parameters.values())
        ).annotation

        @functools.wraps(fn)
        def activity(request: Wire) -> Wire:
            parsed = request_type.model_validate(request)
            return perform(fn, parsed, services(), begins, cancellable, repeats).model_dump(
                mode="json", exclude_none=True
            )

        del activity.__wrapped__  # the worker must see this signature, not the phase's
        activity.__annotations__ = {}
        bp.activity_trigger(input_name="request", activity=fn.__name__)(activity)
        return fn

    return register


def perform(
    fn: Callable[[Input, Services], Value],
    request: Input,
    services: Services,
    begins: str,
    cancellable: bool,
    repeats: bool = False,
) -> Outcome:
    """Run one phase once and tell the timeline."""
    run, name = request.run, fn.__name__
    tell = _Teller(services.records, run.deployment_id, name, repeats)
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
            if request.poll == 0:
                tell("started", begins)
            value = fn(request, services)
            if not value.waiting:
                tell("succeeded", value.message)
            return Outcome(value=value.model_dump(mode="json"))
        except UserFacingError as refusal:
            log.warning("phase_refused", code=refusal.code)
            failed = Failed.because(refusal)
            tell("failed", failed.explained, failed.detail)
            return Outcome(failed=failed)
        except TransientError as trouble:
            log.warning("phase_retrying", code=trouble.code, wait_seconds=trouble.wait_seconds)
            with contextlib.suppress(TransientError):  # when the timeline itself is out of reach
                tell("retrying", f"{trouble.message} Trying again.", trouble.detail)
            raise
        except Exception:
            log.exception("phase_crashed")
            raise


def _refuse_when_deleted(records: Records, deployment_id: str) -> None:
    row = records.deployment(deployment_id)
    if row is None or row.status is not Status.DEPLOYING:
        raise Cancelled


class _Teller:
    def __init__(self, records: Records, deployment_id: str, phase: str, repeats: bool) -> None:
        self._records, self._deployment_id, self._phase = records, deployment_id, phase
        self._repeats = repeats

    def __call__(self, status: EventStatus, message: str, detail: str | None = None) -> None:
        self._records.record(
            Event(
                deployment_id=self._deployment_id,
                phase=self._phase,
                status="note" if self._repeats else status,
                message=message,
                detail=detail,
            )
        )
