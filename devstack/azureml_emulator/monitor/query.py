"""What a metrics request asks for: time span, interval, names, aggregations and filter. Pure."""

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from devstack.azureml_emulator.arm.errors import not_done
from devstack.azureml_emulator.monitor.definitions import Kind, Metric
from devstack.azureml_emulator.monitor.errors import MonitorError

FULL = "FULL"
GRAINS = {
    "PT1M": dt.timedelta(minutes=1),
    "PT5M": dt.timedelta(minutes=5),
    "PT15M": dt.timedelta(minutes=15),
    "PT30M": dt.timedelta(minutes=30),
    "PT1H": dt.timedelta(hours=1),
    "PT6H": dt.timedelta(hours=6),
    "PT12H": dt.timedelta(hours=12),
    "P1D": dt.timedelta(days=1),
}
MAX_METRICS = 20
DEFAULT_TOP = 10
LONGEST = dt.timedelta(days=30)
CONDITION = re.compile(r"\s*(\S+)\s+eq\s+'([^']*)'\s*", re.IGNORECASE)
MOMENT = TypeAdapter(dt.datetime)
DURATION = TypeAdapter(dt.timedelta)
KNOWN = {
    *("timespan", "interval", "metricnames", "aggregation", "$filter", "$top", "api-version"),
    "metricnamespace",
}


@dataclass(frozen=True)
class MetricsQuery:
    """`grain` None is FULL. `filter` maps a dimension, in lower case, to a value or '*'."""

    start: dt.datetime
    end: dt.datetime
    interval: str
    grain: dt.timedelta | None
    metrics: tuple[Metric, ...]
    aggregations: tuple[str, ...]
    filter: dict[str, str]
    top: int


def read_query(parameters: Mapping[str, str], kind: Kind, now: dt.datetime) -> MetricsQuery:
    """Raises MonitorError in the service's words, ArmError 501 for what is not emulated."""
    given = {name.lower(): text for name, text in parameters.items()}
    for name in given:
        if name not in KNOWN:
            raise not_done(f"the parameter {name} of metrics")
    start, end = _timespan(given.get("timespan"), now)
    interval = given.get("interval") or "PT1M"
    if interval.upper() != FULL and interval not in GRAINS:
        supported = ",".join(GRAINS)
        raise MonitorError(
            400,
            "BadRequest",
            f"Detected invalid time grain input: {interval}, supported ones are: {supported}",
        )
    metrics = _metrics(given.get("metricnames"), kind)
    wanted = [text.strip() for text in given.get("aggregation", "").split(",") if text.strip()]
    conditions = read_filter(given.get("$filter"))
    for metric in metrics:
        _check_measured(metric, wanted, conditions)
    return MetricsQuery(
        start,
        end,
        interval,
        GRAINS.get(interval),
        metrics,
        tuple(text.lower() for text in wanted) or ("average",),
        conditions,
        _top(given.get("$top")),
    )


def read_filter(text: str | None) -> dict[str, str]:
    """`a eq 'x' and b eq '*'` as {"a": "x", "b": "*"}, in the order given."""
    if not text:
        return {}
    found: dict[str, str] = {}
    for part in re.split(r"\s+and\s+", text.strip(), flags=re.IGNORECASE):
        condition = CONDITION.fullmatch(part)
        if condition is None or condition[1].lower() in found:
            raise not_done(f"the filter {text!r}: of filters it does name eq 'value', and, '*'")
        found[condition[1].lower()] = condition[2]
    return found


def _timespan(text: str | None, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    if not text:
        return now - dt.timedelta(hours=1), now
    first, slash, last = text.partition("/")
    try:
        if not slash:
            start, end = now - DURATION.validate_python(first), now
        else:
            start, end = (_utc(MOMENT.validate_python(one)) for one in (first, last))
    except ValidationError:
        raise MonitorError(400, "BadRequest", f"Invalid time interval input: {text}") from None
    if start >= end:
        raise MonitorError(
            400, "BadRequest", f"Start time must be before end time. The timespan is {text}"
        )
    if end - start > LONGEST:
        raise not_done(f"a timespan of more than {LONGEST.days} days")
    return start, end


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def _metrics(text: str | None, kind: Kind) -> tuple[Metric, ...]:
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    if not names:
        raise not_done("metrics without metricnames")
    if len(names) > MAX_METRICS:
        raise MonitorError(
            400,
            "BadRequest",
            f"{len(names)} metric names were given; at most {MAX_METRICS} are allowed.",
        )
    return tuple(find_metric(name, kind) for name in names)


def find_metric(name: str, kind: Kind) -> Metric:
    """The metric of this name. Raises MonitorError with all names that there are."""
    metric = kind.metric(name)
    if metric is None:
        provider, _, resource_type = kind.namespace.partition("/")
        valid = ",".join(one.name for one in kind.metrics)
        raise MonitorError(
            400,
            "BadRequest",
            f"Failed to find metric configuration for provider: {provider},"
            f" resource Type: {resource_type}, metric: {name}, Valid metrics: {valid}",
        )
    return metric


def _check_measured(metric: Metric, aggregations: list[str], conditions: dict[str, str]) -> None:
    if not metric.measured:
        raise not_done(f"the metric {metric.name}")
    for text in aggregations:
        if text.lower() not in [one.lower() for one in metric.aggregations]:
            raise not_done(f"the aggregation {text} of {metric.name}")
    known = {name.lower() for name in metric.dimensions}
    for dimension in conditions:
        if dimension not in known:
            combination, supported = ",".join(conditions), ",".join(metric.dimensions)
            raise MonitorError(
                400,
                "BadRequest",
                f"Metric: {metric.name} does not support requested dimension combination:"
                f" {combination}, supported ones are: {supported}, TraceId: {{{uuid.uuid4()}}}",
            )
        if dimension not in [name.lower() for name in metric.split_by]:
            raise not_done(f"the dimension {dimension} of {metric.name}")


def _top(text: str | None) -> int:
    if text is None:
        return DEFAULT_TOP
    if not text.isdecimal() or not int(text):
        raise MonitorError(400, "BadRequest", f"$top is {text!r}: it is a number above 0.")
    return int(text)
