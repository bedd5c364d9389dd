"""Runs the app's functions, the way the Python worker does.

Coroutine functions share one event loop of their own, so that one that blocks cannot stop the host;
sync functions run on threads, activities apart from the rest. One log line per execution: name,
milliseconds, ok or failed.
"""

import asyncio
import contextvars
import inspect
import logging
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import opentelemetry.context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from devstack.functions_host.context import InvocationContext, TraceContext
from devstack.functions_host.functions import Function

logger = logging.getLogger("functions_host")


class FunctionTimeoutError(Exception):
    """A function ran longer than host.json's functionTimeout."""

    def __init__(self, name: str, seconds: float) -> None:
        super().__init__(
            f"Timeout value of {seconds:g} seconds was exceeded by function: {name}. "
            "functionTimeout in host.json sets it."
        )


class FunctionExitedError(Exception):
    """A function tried to end more than itself."""

    def __init__(self, name: str, error: BaseException) -> None:
        super().__init__(f"{name} ended with {type(error).__name__}: {error}")


@dataclass(frozen=True)
class Invocation:
    """What one execution is given: the trigger's value and the trace it belongs to."""

    value: Any
    traceparent: str
    tracestate: str = ""


class Worker:
    def __init__(
        self, *, threads: int, activity_threads: int, timeout: float | None, client: str
    ) -> None:
        """`client`: the value of durable client bindings. `timeout`: seconds, None for no limit."""
        self._client = client
        self._timeout = timeout
        self._threads = ThreadPoolExecutor(threads, "function")
        self._activity_threads = ThreadPoolExecutor(activity_threads, "activity")
        self._orchestrator_threads = ThreadPoolExecutor(2, "orchestrator")
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="functions", daemon=True).start()

    async def run(self, function: Function, invocation: Invocation) -> Any:
        """Call a function and answer what it returns; its exceptions come out as they are."""
        started = time.perf_counter()
        outcome = "failed"
        try:
            result = await self._in_time(function, self._submit(function, invocation))
            outcome = "ok"
            return result
        finally:
            elapsed = (time.perf_counter() - started) * 1000
            level = logging.INFO if outcome == "ok" else logging.ERROR
            logger.log(level, "%s %.0f ms %s", function.name, elapsed, outcome)

    async def replay(self, function: Function, value: Any) -> str:
        """Run one episode of an orchestrator, or one batch of an entity."""
        call = self._orchestrator_threads.submit(_enter_replay, function, value)
        answer: str = await self._in_time(function, call)
        return answer

    async def _in_time(self, function: Function, call: "Future[Any]") -> Any:
        """A coroutine that takes too long is cancelled; a thread cannot be, and keeps its place."""
        future = asyncio.wrap_future(call)
        done, _ = await asyncio.wait([future], timeout=self._timeout)
        if not done:
            future.cancel()
            raise FunctionTimeoutError(function.name, self._timeout or 0)
        return future.result()

    def _submit(self, function: Function, invocation: Invocation) -> "Future[Any]":
        arguments = self._arguments(function, invocation)
        if inspect.iscoroutinefunction(function.call):
            entered = _enter(function, invocation, arguments)
            return asyncio.run_coroutine_threadsafe(entered, self._loop)
        pool = self._activity_threads if function.trigger == "activityTrigger" else self._threads
        context = contextvars.Context()  # of its own: threads are used again
        return pool.submit(context.run, _enter_sync, function, invocation, arguments)

    def _arguments(self, function: Function, invocation: Invocation) -> dict[str, Any]:
        arguments = {function.parameter: invocation.value}
        arguments.update(dict.fromkeys(function.clients, self._client))
        if function.wants_context:
            trace = TraceContext(invocation.traceparent, invocation.tracestate)
            arguments["context"] = InvocationContext(str(uuid.uuid4()), function.name, trace)
        return arguments


@contextmanager
def _contained(function: Function) -> Iterator[None]:
    """What would end a thread, a loop or the host ends this function only."""
    try:
        yield
    except (SystemExit, KeyboardInterrupt, asyncio.CancelledError) as error:
        raise FunctionExitedError(function.name, error) from error


@contextmanager
def _trace(invocation: Invocation) -> Iterator[None]:
    """Within it, what the app sends through the durable client belongs to the caller's trace."""
    carrier = {"traceparent": invocation.traceparent, "tracestate": invocation.tracestate}
    token = opentelemetry.context.attach(TraceContextTextMapPropagator().extract(carrier))
    try:
        yield
    finally:
        opentelemetry.context.detach(token)


async def _enter(function: Function, invocation: Invocation, arguments: dict[str, Any]) -> Any:
    with _contained(function), _trace(invocation):
        return await function.call(**arguments)


def _enter_sync(function: Function, invocation: Invocation, arguments: dict[str, Any]) -> Any:
    with _contained(function), _trace(invocation):
        return function.call(**arguments)


def _enter_replay(function: Function, value: Any) -> Any:
    with _contained(function):
        return function.call(value)
