"""The keys that a Supabase project publishes for its tokens: fetched seldom, one fetch at a time.

A key that is not known may be new, so no token is called bad before the keys were fetched after
its first sight. For such keys there is at most one fetch in COOLDOWN_SECONDS, whoever asks. Callers
in between wait for it, on at most MAX_WAITING threads; the others are told when to come back.
"""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import jwt
import structlog

from shared.domain.deadline import Deadline
from shared.errors.waiting import SupabaseUnavailable

LIFE_SECONDS = 600
COOLDOWN_SECONDS = 2.0
"""At most one fetch in this time for keys that are not known, or cannot be had."""
MAX_WAITING = 4
MAX_REMEMBERED = 1000

log = structlog.get_logger()


class KeysUnavailable(SupabaseUnavailable):
    """The keys cannot be had at the moment, so that no token can be judged."""

    def __init__(self, seconds: float = COOLDOWN_SECONDS) -> None:
        super().__init__(
            "Supabase's signing keys cannot be fetched at the moment.",
            retry_after=max(math.ceil(seconds), 1),
        )


class SigningKeys:
    """The project's keys; shared by threads. While they are fresh, nobody waits for a known key."""

    def __init__(self, url: str) -> None:
        self._source = jwt.PyJWKClient(url, cache_jwk_set=False)
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = self._failed_at = -math.inf
        self._first_seen: dict[str, float] = {}
        self._turn = threading.Lock()
        self._waiting = threading.BoundedSemaphore(MAX_WAITING)

    def get(self, kid: str, deadline: Deadline) -> jwt.PyJWK | None:
        """The key of this id; None where there is none. Raises KeysUnavailable."""
        now = time.monotonic()
        if not self._fresh:
            with self._one_at_a_time(deadline):
                if not self._fresh:
                    self._fetch(deadline)
        if kid not in self._keys:
            self._look_again(kid, now, deadline)
        return self._keys.get(kid)

    def _look_again(self, kid: str, now: float, deadline: Deadline) -> None:
        if self._cooling and self._fetched_at > self._seen(kid, now):
            return
        if not self._waiting.acquire(blocking=False):
            raise KeysUnavailable(self._cooling)
        try:
            with self._one_at_a_time(deadline):
                if self._fetched_at < now:
                    self._fetch(deadline)
        finally:
            self._waiting.release()

    def _fetch(self, deadline: Deadline) -> None:
        since_failure = time.monotonic() - self._failed_at
        if since_failure < COOLDOWN_SECONDS:
            raise KeysUnavailable(COOLDOWN_SECONDS - since_failure)
        if deadline.left <= self._cooling:
            raise KeysUnavailable(self._cooling)
        time.sleep(self._cooling)
        self._source.timeout = deadline.left / 2  # to connect, and again to read
        began = time.monotonic()
        try:
            published = self._source.get_signing_keys()
        except (jwt.PyJWTError, OSError, ValueError) as error:
            log.warning("signing_keys_unreachable", reason=type(error).__name__)
            self._failed_at = time.monotonic()
            raise KeysUnavailable from error
        self._keys = {str(key.key_id): key for key in published}
        self._fetched_at = began

    @contextmanager
    def _one_at_a_time(self, deadline: Deadline) -> Iterator[None]:
        if not self._turn.acquire(timeout=deadline.left):
            raise KeysUnavailable
        try:
            yield
        finally:
            self._turn.release()

    def _seen(self, kid: str, now: float) -> float:
        """When this key was first asked for; forgotten where too many are made up."""
        if len(self._first_seen) >= MAX_REMEMBERED:
            self._first_seen.clear()
        return self._first_seen.setdefault(kid, now)

    @property
    def _fresh(self) -> bool:
        return time.monotonic() - self._fetched_at < LIFE_SECONDS

    @property
    def _cooling(self) -> float:
        """Seconds until the keys may be fetched again for one that is not known."""
        return max(self._fetched_at + COOLDOWN_SECONDS - time.monotonic(), 0.0)
