"""The control API's part for metrics: the clock, and requests and values that nobody sent."""

import datetime as dt
from typing import Annotated, Any

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.records import Resources
from devstack.azureml_emulator.clock import MINUTE, Clock, floor
from devstack.azureml_emulator.control_requests import Refused
from devstack.azureml_emulator.monitor.definitions import OF_DEPLOYMENT
from devstack.azureml_emulator.monitor.samples import MINUTES_KEPT, Outcome, Samples
from devstack.azureml_emulator.monitor.watch import Watch

MOST_SECONDS = 7 * 24 * 3600
MOST_MINUTES = 5000
"""Of all entries of one injection together."""


class Advance(BaseModel, extra="forbid", allow_inf_nan=False):
    advance_seconds: float = Field(ge=0, le=MOST_SECONDS)


class When(BaseModel, extra="forbid", allow_inf_nan=False):
    """`minutes` whole minutes up to and including `at`, or the one `minutes_ago`."""

    endpoint: str
    deployment: str
    at: dt.datetime | None = None
    minutes_ago: int = Field(0, ge=0, le=MINUTES_KEPT)
    minutes: int = Field(1, ge=1, le=MINUTES_KEPT)

    def each(self, clock: Clock) -> list[dt.datetime]:
        last = clock.minute() - self.minutes_ago * MINUTE
        if self.at is not None:
            at = self.at if self.at.tzinfo else self.at.replace(tzinfo=dt.UTC)
            last = floor(at.astimezone(dt.UTC), MINUTE)
        return [last - back * MINUTE for back in reversed(range(self.minutes))]


class ObservedRequests(When):
    """`count` requests in each of the minutes."""

    count: int = Field(1, ge=1, le=1_000_000)
    latency_ms: float = Field(10, ge=0)
    status: int = Field(200, ge=100, le=599)
    model_status: int | None = Field(None, ge=100, le=599)

    @property
    def outcome(self) -> Outcome:
        model = self.model_status
        return Outcome(self.status, 200 if model is None and self.status == 200 else model)


class Value(When):
    """What a deployment's metric is in each of the minutes; null takes its data away."""

    metric: str
    value: float | None


class Injection(BaseModel, extra="forbid", allow_inf_nan=False):
    ingestion_delay_seconds: Annotated[float, Field(ge=0, le=3600)] | None = None
    requests: list[ObservedRequests] = Field([], max_length=1000)
    values: list[Value] = Field([], max_length=1000)


class MonitorControl:
    def __init__(self, resources: Resources, samples: Samples, clock: Clock, watch: Watch) -> None:
        self._resources = resources
        self._samples = samples
        self._clock = clock
        self._watch = watch

    def routes(self) -> list[Route]:
        return [
            Route("/clock", self.clock),
            Route("/clock", self.put_clock, methods=["PUT"]),
            Route("/metrics", self.metrics),
            Route("/metrics", self.put_metrics, methods=["PUT"]),
            Route("/metrics", self.delete_metrics, methods=["DELETE"]),
        ]

    async def clock(self, _: Request) -> Response:
        return JSONResponse(
            {"now": self._clock.now().isoformat(), "ahead_seconds": self._clock.ahead_seconds}
        )

    async def put_clock(self, request: Request) -> Response:
        """Autoscale looks once at every minute that passes; answers when it has."""
        advance = Advance.model_validate_json(await request.body())
        await self._watch.advance(advance.advance_seconds)
        return await self.clock(request)

    async def metrics(self, _: Request) -> Response:
        shown: dict[str, Any] = {
            "ingestion_delay_seconds": self._samples.ingestion_delay.total_seconds()
        }
        return JSONResponse(shown)

    async def put_metrics(self, request: Request) -> Response:
        """All or nothing: a deployment or a metric that is not there changes nothing."""
        wanted = Injection.model_validate_json(await request.body())
        minutes = sum(one.minutes for one in (*wanted.requests, *wanted.values))
        if minutes > MOST_MINUTES:
            raise Refused("", f"{minutes} minutes in all; at most {MOST_MINUTES} at once")
        for index, observed in enumerate(wanted.requests):
            self._check(f"requests.{index}.deployment", observed)
        for index, value in enumerate(wanted.values):
            self._check(f"values.{index}.deployment", value)
            metric = OF_DEPLOYMENT.metric(value.metric)
            if metric is None or not metric.measured:
                known = [one.name for one in OF_DEPLOYMENT.metrics if one.measured]
                raise Refused(f"values.{index}.metric", f"known are {', '.join(known)}")
        if wanted.ingestion_delay_seconds is not None:
            self._samples.ingestion_delay = dt.timedelta(seconds=wanted.ingestion_delay_seconds)
        for one in wanted.requests:
            for minute in one.each(self._clock):
                self._samples.observe(
                    one.endpoint, one.deployment, minute, one.outcome, one.latency_ms, one.count
                )
        for given in wanted.values:
            for minute in given.each(self._clock):
                self._samples.inject(
                    given.endpoint, given.deployment, given.metric, minute, given.value
                )
        return await self.metrics(request)

    async def delete_metrics(self, request: Request) -> Response:
        """Forget all that was measured or injected, and the delay."""
        self._samples.clear()
        self._samples.ingestion_delay = dt.timedelta(0)
        return await self.metrics(request)

    def _check(self, field: str, when: When) -> None:
        if self._resources.deployment(when.endpoint, when.deployment) is None:
            raise Refused(field, f"there is no deployment {when.endpoint}/{when.deployment}")
