"""Activities: queued by turns, run so many at once, begun again where a host died with them."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterable

from azure.functions.durable_functions import ActivityTriggerConverter
from azure.functions.meta import Datum

from devstack.functions_host.context import child_span
from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.catalogue import UnknownFunctionError
from devstack.functions_host.durable.determinism import HTTP_ACTIVITY
from devstack.functions_host.durable.history import Event
from devstack.functions_host.durable.http_call import call_http
from devstack.functions_host.durable.instance import Work
from devstack.functions_host.durable.queue import Queue
from devstack.functions_host.durable.storage_thread import StorageThread
from devstack.functions_host.durable.turnstile import Tasks
from devstack.functions_host.failures import app_traceback
from devstack.functions_host.functions import Function
from devstack.functions_host.worker import Invocation, Worker

logger = logging.getLogger("functions_host")


class Activities:
    def __init__(
        self,
        functions: dict[str, Function],
        worker: Worker,
        queue: Queue,
        storage: StorageThread,
        tasks: Tasks,
        *,
        wake_instance: Callable[[str], None],
        width: int,
        max_attempts: int,
    ) -> None:
        """`functions` by lower-case name; `wake_instance` is told who got a result.

        At most `width` run together; the others wait in line.
        """
        self._functions = functions
        self._worker = worker
        self._queue = queue
        self._storage = storage
        self._tasks = tasks
        self._wake_instance = wake_instance
        self._max_attempts = max_attempts
        self._slots = asyncio.Semaphore(width)
        self._running: dict[int, Work] = {}
        self._closed = False

    def begin(self, work: Iterable[Work]) -> None:
        for item in work:
            self._tasks.spawn(self._do(item))

    def close(self) -> None:
        """Nothing more begins; what runs may end."""
        self._closed = True

    async def release(self) -> None:
        """Give back what still runs: it runs again at the next start."""
        if self._running:
            names = ", ".join(sorted({w.name for w in self._running.values()}))
            logger.warning("unfinished, will run again at the next start: %s", names)
        await self._storage.run(self._queue.release, list(self._running))

    async def _do(self, work: Work) -> None:
        async with self._slots:
            if self._closed:
                return
            if work.attempts >= self._max_attempts:
                reason = f"it was running {self._max_attempts} times when the host died."
                message = f"Activity function '{work.name}' failed: {reason}"
                event = h.task_failed(work.task_id, message, "")
            else:
                await self._storage.run(self._queue.start, work)
                self._running[work.id] = work
                event = await self._perform(work)
                self._running.pop(work.id)
        if await self._storage.run(self._queue.finish, work, event):
            self._wake_instance(work.instance_id)

    async def _perform(self, work: Work) -> Event:
        try:
            result = await self._result(work)
        except Exception as error:
            reason = f"Activity function '{work.name}' failed: {type(error).__name__}: {error}"
            details = app_traceback(error)
            logger.error("%s of %s: %s", work.name, work.instance_id, details)  # noqa: TRY400
            return h.task_failed(work.task_id, reason, details)
        return h.task_completed(work.task_id, result)

    async def _result(self, work: Work) -> str:
        if work.name == HTTP_ACTIVITY:
            return await call_http(json.loads(work.input))
        function = self._functions.get(work.name.casefold())
        if function is None:
            known = sorted(each.durable_name for each in self._functions.values())
            raise UnknownFunctionError("an activity", work.name, known)
        value = ActivityTriggerConverter.decode(Datum(work.input, "json"), trigger_metadata=None)
        invocation = Invocation(value, child_span(work.traceparent))
        result = await self._worker.run(function, invocation)
        encoded: str = ActivityTriggerConverter.encode(result, expected_type=None).value
        return encoded
