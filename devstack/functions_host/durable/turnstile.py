"""One at a time for each key: work that is asked for while it is being done is done once more."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

logger = logging.getLogger("functions_host")


class Tasks:
    """Tasks of the host's own: kept until they end, and heard when they fail."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def drain(self, seconds: float) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.critical("the host itself failed", exc_info=error)


class Turnstile:
    def __init__(self, take: Callable[[str], Awaitable[bool]], width: int, tasks: Tasks) -> None:
        """`take` does one piece of a key's work and answers whether there is more at once.

        At most `width` keys are at work together; the others wait in line.
        """
        self._take = take
        self._tasks = tasks
        self._places = asyncio.Semaphore(width)
        self._inside: set[str] = set()
        self._again: set[str] = set()
        self._closed = False

    def wake(self, key: str) -> None:
        if self._closed:
            return
        if key in self._inside:
            self._again.add(key)
            return
        self._inside.add(key)
        self._tasks.spawn(self._work(key))

    def close(self) -> None:
        """Nothing more begins; what is begun ends its piece."""
        self._closed = True

    async def _work(self, key: str) -> None:
        try:
            async with self._places:
                more = True
                while more and not self._closed:
                    self._again.discard(key)
                    more = await self._take(key)
                    more = more or key in self._again
        finally:
            self._inside.discard(key)
            self._again.discard(key)
