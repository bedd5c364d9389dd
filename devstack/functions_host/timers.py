"""Timer-triggered functions: each runs by its schedule, never twice at the same time."""

import asyncio
import logging
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from azure.functions.timer import TimerRequest

from devstack.functions_host.context import child_span
from devstack.functions_host.failures import app_traceback
from devstack.functions_host.functions import AppStartError, Function
from devstack.functions_host.ncrontab import Schedule, ScheduleError, parse_schedule
from devstack.functions_host.settings import seconds
from devstack.functions_host.worker import Invocation, Worker

logger = logging.getLogger("functions_host")

_PAST_DUE = timedelta(seconds=1)


@dataclass(frozen=True)
class _Interval:
    """A schedule given as a time span."""

    length: timedelta

    def after(self, moment: datetime) -> datetime:
        return moment + self.length


class Timers:
    def __init__(self, functions: Sequence[Function], worker: Worker) -> None:
        """Reads the schedules. Raises AppStartError."""
        self._worker = worker
        self._timers = [(f, _schedule(f)) for f in functions]
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._follow(f, s)) for f, s in self._timers]

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _follow(self, function: Function, schedule: Schedule | _Interval) -> None:
        if function.binding.run_on_startup:
            await self._run(function, past_due=False)
        while True:
            due = schedule.after(datetime.now(UTC))
            await _sleep_until(due)
            late = datetime.now(UTC) - due
            await self._run(function, past_due=late > _PAST_DUE)

    async def _run(self, function: Function, past_due: bool) -> None:
        request = TimerRequest(past_due=past_due)
        try:
            await self._worker.run(function, Invocation(request, child_span(None)))
        except Exception as error:
            logger.error("%s: %s", function.name, app_traceback(error))  # noqa: TRY400


async def _sleep_until(due: datetime) -> None:
    """In short naps, so that a clock that was set or a machine that slept is noticed."""
    while (left := (due - datetime.now(UTC)).total_seconds()) > 0:  # noqa: ASYNC110 - the wall clock
        await asyncio.sleep(min(left, 60.0))


def _schedule(function: Function) -> Schedule | _Interval:
    text = re.sub(r"%(\w+)%", lambda found: _setting(function, found[1]), function.binding.schedule)
    length = seconds(text)
    if length:
        return _Interval(timedelta(seconds=length))
    try:
        return parse_schedule(text)
    except ScheduleError as error:
        raise AppStartError(f"function '{function.name}': {error}") from error


def _setting(function: Function, name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise AppStartError(
            f"function '{function.name}': its schedule is the setting {name}, which is not set."
        ) from None
