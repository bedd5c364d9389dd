"""How a verified revision gets its traffic: at once, in watched steps, after copies, or not.

A release that is watched can be paused, resumed and aborted by the external event RELEASE_EVENT.
"""

from datetime import datetime, timedelta

from azure.durable_functions import DurableOrchestrationContext
from azure.durable_functions.models.Task import TaskBase
from shared.domain.release import LONGEST_STEP_SECONDS, RELEASE_EVENT
from shared.domain.traffic import TrafficSplit, carrying, in_proportion
from shared.errors.requests import TrafficChanged
from shared.errors.serving import ReleaseAborted, ReleaseRejected
from shared.wire.outcome import Failed
from shared.wire.phases import (
    CreatedDeployment,
    PhaseResult,
    ShiftTraffic,
    StepRelease,
    WatchedRelease,
    WatchRelease,
)
from shared.wire.run import DeployRun

from orchestrators.support.call_phase import PhaseFailed, Steps, call_phase

SHORTEST_POLL, LONGEST_POLL = timedelta(seconds=30), timedelta(minutes=10)
LOOKS = 20
"""A poll is this fraction of the step's time so far: 30 s for ten minutes, 10 min after hours."""
LONGEST = timedelta(seconds=LONGEST_STEP_SECONDS)
"""A step that is paused, or that waits for requests, is given up after this time."""


def release(
    context: DurableOrchestrationContext, run: DeployRun, created: CreatedDeployment
) -> Steps[None]:
    """Give the new revision its traffic, as its release says.

    Raises PhaseFailed where it is rejected or the release aborted.
    """
    plan, name = run.spec.release, run.deployment_name
    before = carrying(created.traffic_before)
    before.pop(name.lower(), None)
    if plan.strategy == "manual":
        return
    if plan.is_watched and before:
        mirror = carrying(created.mirror_before)
        control = _Control(context)
        there = TrafficSplit(traffic=in_proportion(before), mirror=mirror)
        if plan.strategy == "shadow":
            wanted = there.model_copy(update={"mirror": {name: plan.mirror_percent}})
            yield from _step(context, run, there, wanted)
            there = wanted
            yield from _watch(context, run, control, list(before), 0, plan.minutes)
        else:
            for share in plan.steps:
                wanted = TrafficSplit(
                    traffic={name: share, **in_proportion(before, 100 - share)}, mirror=mirror
                )
                yield from _step(context, run, there, wanted)
                there = wanted
                yield from _watch(context, run, control, list(before), share, plan.step_minutes)
        everything = TrafficSplit(traffic={name: 100}, mirror=mirror)
        yield from _step(context, run, there, everything)
    else:
        shift = ShiftTraffic(run=run)
        yield from call_phase(context, shift, PhaseResult, deadline=run.deadlines.traffic)


def keeps_what_is_there(failure: PhaseFailed) -> bool:
    """Whether the traffic stays as it is after this failure: it was changed outside the release."""
    return failure.failed.code == TrafficChanged.code


def is_kept(run: DeployRun, failure: PhaseFailed) -> bool:
    """Whether the rejected revision stays for its log, as was asked."""
    return failure.failed.code == ReleaseRejected.code and run.spec.release.on_failure == "keep"


def _step(
    context: DurableOrchestrationContext, run: DeployRun, there: TrafficSplit, wanted: TrafficSplit
) -> Steps[None]:
    """Move the traffic on from `there` to `wanted`. Raises PhaseFailed."""
    step = StepRelease(run=run, expected=there, wanted=wanted)
    yield from call_phase(context, step, PhaseResult, deadline=run.deadlines.traffic)


def _watch(
    context: DurableOrchestrationContext,
    run: DeployRun,
    control: "_Control",
    before: list[str],
    share: int,
    minutes: float,
) -> Steps[None]:
    """Look at the metrics at every poll, until the step's time is over and they are good.

    `before`: the deployments to compare with; `share`: percentage of the new one. Raises
    PhaseFailed.
    """
    since = context.current_utc_datetime
    until = since + timedelta(minutes=minutes)
    while True:
        now = context.current_utc_datetime
        if now - since > LONGEST:
            raise _aborted("It was paused, or waited for requests, for a week.")
        was_paused = control.paused
        poll = min(max((now - since) / LOOKS, SHORTEST_POLL), LONGEST_POLL)
        yield from control.sleep_until(min(now + poll, until) if now < until else now + poll)
        now = context.current_utc_datetime
        over = now >= until and not control.paused
        look = WatchRelease(
            run=run,
            before=before,
            share=share,
            since=since,
            until=now,
            last=over,
            note="" if control.paused == was_paused else control.word,
        )
        seen = yield from call_phase(context, look, WatchedRelease)
        if over and (not seen.silent or run.spec.release.on_silence == "go_on"):
            return
        if over:
            until = now + timedelta(minutes=minutes)


class _Control:
    """Hears the external events by which the owner pauses, resumes and aborts a running release.

    Each wait needs an event task of its own: a task that was in an earlier task_any is not waited
    for by a later one. The newest task gets the next event.
    """

    def __init__(self, context: DurableOrchestrationContext) -> None:
        self._context = context
        self._events: list[TaskBase] = []
        self.paused = False

    @property
    def word(self) -> str:
        """For the timeline."""
        return "Paused, as asked." if self.paused else "Resumed, as asked."

    def sleep_until(self, at: datetime) -> Steps[None]:
        """Wait until `at` or for an event. Raises PhaseFailed where that aborts the release."""
        if self._heard():
            return
        event = self._context.wait_for_external_event(RELEASE_EVENT)
        self._events.append(event)
        timer = self._context.create_timer(at)
        first = yield self._context.task_any([timer, event])
        if first is not timer:
            timer.cancel()
        self._heard()

    def _heard(self) -> bool:
        """Obey the events that have come since, in their order; whether any has."""
        come = [event for event in reversed(self._events) if event.is_completed]
        self._events = [event for event in self._events if not event.is_completed]
        for event in come:
            # The durable client sends JSON and what arrives is its text, in quotes.
            said = str(event.result).strip('"')
            if said == "abort":
                raise _aborted()
            self.paused = said == "pause"
        return bool(come)


def _aborted(*why: str) -> PhaseFailed:
    return PhaseFailed("watch_release", Failed.because(ReleaseAborted(*why)))
