"""Metric values out of what was measured: by minute, by split, by interval and aggregation."""

import datetime as dt
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from devstack.azureml_emulator.clock import MINUTE, floor
from devstack.azureml_emulator.monitor.definitions import Metric
from devstack.azureml_emulator.monitor.query import MetricsQuery
from devstack.azureml_emulator.monitor.samples import (
    MINUTES_KEPT,
    Outcome,
    Requests,
    Samples,
    key_of,
)

Split = tuple[str, ...]
"""One value for each filtered dimension, in the filter's order."""
LATENCY, REQUESTS = "RequestLatency", "RequestsPerMinute"
CPU, MEMORY, CAPACITY = (
    "CpuUtilizationPercentage",
    "CpuMemoryUtilizationPercentage",
    "DeploymentCapacity",
)


@dataclass(frozen=True)
class Resource:
    """An endpoint, or with `deployment` one of its deployments."""

    endpoint: str
    deployment: str | None = None


@dataclass
class Series:
    split: Split
    minutes: dict[dt.datetime, float]


def measure(
    metric: Metric, resource: Resource, query: MetricsQuery, samples: Samples, now: dt.datetime
) -> list[Series]:
    """One series for each split that has data, one in all without a filter."""
    found: dict[Split, dict[dt.datetime, float]] = {} if query.filter else {(): {}}
    for minute in _visible(query, samples, now):
        for split, value in _of_minute(metric, resource, minute, query.filter, samples).items():
            found.setdefault(split, {})[minute] = value
    return [Series(split, found[split]) for split in sorted(found)][: query.top]


def points(query: MetricsQuery, minutes: dict[dt.datetime, float]) -> list[dict[str, object]]:
    """A point for each interval; one without data has no aggregation key."""
    if query.grain is None:
        return [_point(query.start, list(minutes.values()), query)]
    buckets: dict[dt.datetime, list[float]] = {}
    for minute, value in minutes.items():
        buckets.setdefault(floor(minute, query.grain), []).append(value)
    shown = []
    moment = floor(query.start, query.grain)
    while moment < query.end:
        shown.append(_point(moment, buckets.get(moment, []), query))
        moment += query.grain
    return shown


def _point(moment: dt.datetime, values: list[float], query: MetricsQuery) -> dict[str, object]:
    point: dict[str, object] = {"timeStamp": stamp(moment)}
    if values:
        every = {
            "average": sum(values) / len(values),
            "minimum": min(values),
            "maximum": max(values),
        }
        point |= {name: every[name] for name in query.aggregations}
    return point


def stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _visible(query: MetricsQuery, samples: Samples, now: dt.datetime) -> Iterator[dt.datetime]:
    """The minutes of the time span whose data has arrived."""
    oldest = floor(now, MINUTE) - dt.timedelta(minutes=MINUTES_KEPT)
    minute = max(floor(query.start, query.grain or MINUTE), oldest)
    while minute < query.end and minute + samples.ingestion_delay <= now:
        yield minute
        minute += MINUTE


def _of_minute(
    metric: Metric,
    resource: Resource,
    minute: dt.datetime,
    conditions: dict[str, str],
    samples: Samples,
) -> dict[Split, float]:
    if resource.deployment is not None:
        value = _of_deployment(metric.name, resource.endpoint, resource.deployment, minute, samples)
        return {} if value is None else {(): value}
    groups: dict[Split, list[Requests]] = {}
    for deployment, outcome, requests in samples.requests(resource.endpoint, minute):
        split = _split(deployment, outcome, conditions)
        if split is not None:
            groups.setdefault(split, []).append(requests)
    value_of = _value_of(metric.name)
    return {split: value_of(group) for split, group in groups.items()}


def _split(deployment: str, outcome: Outcome, conditions: dict[str, str]) -> Split | None:
    """The values of the filtered dimensions, None where they are not what the filter asks for."""
    values = {
        "deployment": deployment,
        "statuscode": str(outcome.status),
        "statuscodeclass": f"{outcome.status // 100}xx",
        "modelstatuscode": "" if outcome.model_status is None else str(outcome.model_status),
    }
    for dimension, wanted in conditions.items():
        if wanted != "*" and values[dimension].lower() != wanted.lower():
            return None
    return tuple(values[dimension] for dimension in conditions)


def _value_of(name: str) -> Callable[[list[Requests]], float]:
    if name == REQUESTS:
        return lambda group: float(sum(requests.count for requests in group))
    if name == LATENCY:
        return lambda group: (
            sum(requests.total_ms for requests in group) / sum(requests.count for requests in group)
        )
    percent = int(name.rpartition("_P")[2])
    return lambda group: percentile(group, percent)


def percentile(group: list[Requests], percent: int) -> float:
    """The nearest-rank percentile; what is a sample stands for as many requests as it came from."""
    weighted = sorted(
        (latency, requests.count / len(requests.latencies))
        for requests in group
        for latency in requests.latencies
    )
    rank = math.ceil(sum(weight for _, weight in weighted) * percent / 100 - 1e-9)
    reached = 0.0
    for latency, weight in weighted:
        reached += weight
        if reached >= rank - 1e-9:
            return latency
    return weighted[-1][0]


def _of_deployment(
    name: str, endpoint: str, deployment: str, minute: dt.datetime, samples: Samples
) -> float | None:
    key = key_of(endpoint, deployment)
    injected = samples.injected(key, name)
    if minute in injected:
        return injected[minute]
    state = samples.state(key, minute)
    if state is None:
        return None
    if name == CAPACITY:
        return float(state.instances)
    if name == MEMORY:
        return state.memory_percent
    busy_ms = sum(
        requests.total_ms
        for target, _, requests in samples.requests(endpoint, minute)
        if target.lower() == deployment.lower()
    )
    return min(100.0, busy_ms / (60_000 * state.instances) * 100)
