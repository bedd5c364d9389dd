"""How many requests endpoints had in the last hour, asked of the cloud seldom, whoever looks."""

import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import structlog

from shared.errors import SlipwayError
from shared.ports.serving_target import ServingTarget

log = structlog.get_logger()

FRESH_SECONDS = 60
"""Metrics are a minute behind as it is."""
KNOWN = 1000
"""Endpoints that are remembered."""
AT_ONCE = 8
"""Endpoints that the cloud is asked for at a time."""


class RequestCounts:
    """One a process, shared by threads."""

    def __init__(self, target: ServingTarget) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, int | None]] = {}
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="metrics")

    def last_hour(self, names: Iterable[str], wait_seconds: float) -> dict[str, int | None]:
        """Endpoint name to its requests in the last hour, at most FRESH_SECONDS old.

        None where they are not known within `wait_seconds`.
        """
        wanted = list(names)
        if self._target.metrics is None:
            return dict.fromkeys(wanted)
        asked: dict[str, Future[int | None]] = {}
        now = time.monotonic()
        with self._lock:
            counts = {
                name: self._known[name][1]
                for name in wanted
                if name in self._known and now - self._known[name][0] < FRESH_SECONDS
            }
        for name in wanted:
            if name not in counts:
                asked[name] = self._pool.submit(self._ask, name)
        wait(asked.values(), timeout=wait_seconds)
        for name, future in asked.items():
            counts[name] = future.result() if future.done() else None
        return counts

    def _ask(self, name: str) -> int | None:
        """Ask the cloud for one endpoint, and remember it; None where it does not answer."""
        until = datetime.now(UTC)
        count: int | None = None
        try:
            if self._target.metrics is not None:
                count = self._target.metrics.requests(name, until - timedelta(hours=1), until)
        except SlipwayError as error:
            log.warning("metrics_not_read", endpoint=name, code=error.code)
        with self._lock:
            if len(self._known) >= KNOWN:
                self._known.clear()
            self._known[name] = (time.monotonic(), count)
        return count
