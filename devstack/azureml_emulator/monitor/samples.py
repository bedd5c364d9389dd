"""What was measured, by minute: requests as the scoring gateway saw them, and each deployment.

It lives as long as the process and is bounded: old minutes go, and of a busy minute's latencies
a sample is kept.
"""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MINUTES_KEPT = 2 * 24 * 60
LATENCIES_KEPT = 2000
"""Of one deployment, one minute and one status; sums and counts are of all requests."""

Key = tuple[str, str]
"""Endpoint and deployment, in lower case."""


def key_of(endpoint: str, deployment: str) -> Key:
    return endpoint.lower(), deployment.lower()


@dataclass(frozen=True)
class Outcome:
    """`status` is what the client got; `model_status` what the container said, if it was asked."""

    status: int
    model_status: int | None


@dataclass
class Requests:
    """The requests of one deployment and minute that ended alike; latencies in milliseconds."""

    count: int = 0
    total_ms: float = 0
    latencies: list[float] = field(default_factory=list)

    def add(self, count: int, latency_ms: float, chance: random.Random) -> None:
        self.count += count
        self.total_ms += count * latency_ms
        room = LATENCIES_KEPT - len(self.latencies)
        self.latencies += [latency_ms] * min(count, room)
        for _ in range(min(count - room, LATENCIES_KEPT)):
            place = chance.randrange(self.count)
            if place < LATENCIES_KEPT:
                self.latencies[place] = latency_ms


@dataclass
class State:
    """A live deployment in one minute; None is what was not measured."""

    instances: int
    memory_percent: float | None = None


class Samples:
    def __init__(self) -> None:
        self._requests: dict[Key, dict[dt.datetime, dict[Outcome, Requests]]] = {}
        self._states: dict[Key, dict[dt.datetime, State]] = {}
        self._injected: dict[tuple[Key, str], dict[dt.datetime, float | None]] = {}
        self._names: dict[Key, str] = {}
        self._chance = random.SystemRandom()
        self.ingestion_delay = dt.timedelta(0)

    def observe(
        self,
        endpoint: str,
        deployment: str,
        minute: dt.datetime,
        outcome: Outcome,
        latency_ms: float,
        count: int = 1,
    ) -> None:
        key = key_of(endpoint, deployment)
        self._names[key] = deployment
        minutes = self._requests.setdefault(key, {})
        if minute not in minutes:
            _forget(minutes, minute)
        requests = minutes.setdefault(minute, {}).setdefault(outcome, Requests())
        requests.add(count, latency_ms, self._chance)

    def note_state(self, endpoint: str, deployment: str, minute: dt.datetime, state: State) -> None:
        states = self._states.setdefault(key_of(endpoint, deployment), {})
        if minute not in states:
            _forget(states, minute)
        states[minute] = state

    def inject(
        self, endpoint: str, deployment: str, metric: str, minute: dt.datetime, value: float | None
    ) -> None:
        """A deployment's metric is `value` in this minute whatever is measured; None: no data."""
        values = self._injected.setdefault((key_of(endpoint, deployment), metric.lower()), {})
        _forget(values, minute)
        values[minute] = value

    def injected(self, key: Key, metric: str) -> dict[dt.datetime, float | None]:
        return self._injected.get((key, metric.lower()), {})

    def state(self, key: Key, minute: dt.datetime) -> State | None:
        return self._states.get(key, {}).get(minute)

    def requests(
        self, endpoint: str, minute: dt.datetime
    ) -> Iterator[tuple[str, Outcome, Requests]]:
        """Deployment, outcome and requests of one endpoint's minute."""
        for key, minutes in self._requests.items():
            if key[0] == endpoint.lower():
                for outcome, requests in minutes.get(minute, {}).items():
                    yield self._names[key], outcome, requests

    def clear(self) -> None:
        for kept in (self._requests, self._states, self._injected):
            kept.clear()


def _forget(minutes: dict[dt.datetime, Any], newest: dt.datetime) -> None:
    """Drop what is older than MINUTES_KEPT minutes."""
    oldest = newest - dt.timedelta(minutes=MINUTES_KEPT)
    for minute in [each for each in minutes if each < oldest]:
        del minutes[minute]
