"""What Azure Monitor has measured of an endpoint: requests, failures, latency.

Source: Microsoft's REST reference of Microsoft.Insights/metrics, 2024-02-01. Metrics are a minute
or more behind.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.adapters.targets.azureml.arm import ask
from shared.adapters.targets.azureml.connection import Connection
from shared.domain.metrics import Served

VERSION = "2024-02-01"
REQUESTS, LATENCY = "RequestsPerMinute", "RequestLatency_P95"
MINUTE = timedelta(minutes=1)
SERVER_ERROR = 500


class AzureMLMetrics:
    """The port Metrics over Azure Monitor."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def served(
        self, endpoint_name: str, deployment: str, since: datetime, until: datetime
    ) -> Served:
        """Requests, errors and the worst minute's p95 of one deployment in this window.

        A request is an error where the front door or the model answered it with 5xx.
        """
        of_it = f"deployment eq '{deployment}'"
        by_status = f"{of_it} and statusCode eq '*' and modelStatusCode eq '*'"
        requests = errors = 0.0
        for series in self._series(endpoint_name, REQUESTS, since, until, by_status):
            seen = sum(_averages(series))
            requests += seen
            if any(code >= SERVER_ERROR for code in _codes(series)):
                errors += seen
        latencies = [
            value
            for series in self._series(endpoint_name, LATENCY, since, until, of_it)
            for value in _averages(series)
        ]
        # The 95th percentile of a window is at most the worst minute's.
        return Served(
            requests=round(requests), errors=round(errors), p95_ms=max(latencies, default=None)
        )

    def requests(self, endpoint_name: str, since: datetime, until: datetime) -> int:
        """How many requests the endpoint had in this window."""
        found = self._series(endpoint_name, REQUESTS, since, until, None)
        return round(sum(value for series in found for value in _averages(series)))

    def _series(
        self, endpoint_name: str, metric: str, since: datetime, until: datetime, only: str | None
    ) -> Iterator[dict[str, Any]]:
        """The series of a metric by the minute; `only`: a filter on its dimensions."""
        params = {
            "api-version": VERSION,
            "metricnames": metric,
            "timespan": f"{_minute(since)}/{_minute(until + MINUTE)}",
            "interval": "PT1M",
            "aggregation": "Average",
        }
        if only:
            params["$filter"] = only
        path = f"{self._connection.endpoint_id(endpoint_name)}/providers/Microsoft.Insights/metrics"
        intent = self._connection.intent(
            f"read the metrics of {endpoint_name}", endpoint=endpoint_name
        )
        found = ask(self._connection, "GET", path, intent, params=params)
        for value in (found or {}).get("value", []):
            yield from value.get("timeseries", [])


def _averages(series: dict[str, Any]) -> list[float]:
    """A minute without data has no value."""
    return [
        point["average"] for point in series.get("data", []) if point.get("average") is not None
    ]


def _codes(series: dict[str, Any]) -> Iterator[int]:
    for each in series.get("metadatavalues", []):
        value = str(each.get("value", ""))
        if value.isdecimal():
            yield int(value)


def _minute(at: datetime) -> str:
    """Minutes are whole: a window begins and ends with one."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00Z")
