"""`/providers/Microsoft.Insights/metrics` and `/metricDefinitions` of endpoints and deployments."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.errors import no_deployment, no_endpoint
from devstack.azureml_emulator.arm.records import Resources
from devstack.azureml_emulator.clock import MINUTE, Clock
from devstack.azureml_emulator.monitor.definitions import (
    OF_DEPLOYMENT,
    OF_ENDPOINT,
    Kind,
    Metric,
)
from devstack.azureml_emulator.monitor.query import GRAINS, MetricsQuery, read_query
from devstack.azureml_emulator.monitor.samples import Samples
from devstack.azureml_emulator.monitor.series import Resource, Series, measure, points, stamp
from devstack.azureml_emulator.workspace import Workspace

INSIGHTS = "Microsoft.Insights"
BELOW = f"/providers/{INSIGHTS}"
RETENTION = "P93D"


class Metrics:
    def __init__(
        self,
        resources: Resources,
        workspace: Workspace,
        samples: Samples,
        clock: Clock,
        note: Callable[[], None],
    ) -> None:
        self._resources = resources
        self._workspace = workspace
        self._samples = samples
        self._clock = clock
        self._note = note

    def routes(self) -> list[Route]:
        """Relative to the workspace."""
        endpoint = f"/onlineEndpoints/{{endpoint}}{BELOW}"
        deployment = f"/onlineEndpoints/{{endpoint}}/deployments/{{deployment}}{BELOW}"
        return [
            Route(f"{base}/{name}", handler)
            for base in (deployment, endpoint)
            for name, handler in (
                ("metrics", self.metrics),
                ("metricDefinitions", self.definitions),
            )
        ]

    async def metrics(self, request: Request) -> Response:
        resource, kind, arm_id = self._asked(request)
        self._note()
        now = self._clock.now()
        query = read_query(request.query_params, kind, now)
        return JSONResponse(
            {
                "cost": max(0, (query.end - query.start) // MINUTE - 1) * len(query.metrics),
                "timespan": f"{stamp(query.start)}/{stamp(query.end)}",
                "interval": query.interval,
                "value": [
                    _shown(
                        metric,
                        arm_id,
                        query,
                        measure(metric, resource, query, self._samples, now),
                    )
                    for metric in query.metrics
                ],
                "namespace": kind.namespace,
                "resourceregion": self._workspace.region,
            }
        )

    async def definitions(self, request: Request) -> Response:
        _, kind, arm_id = self._asked(request)
        return JSONResponse({"value": [_defined(metric, kind, arm_id) for metric in kind.metrics]})

    def _asked(self, request: Request) -> tuple[Resource, Kind, str]:
        """Raises ArmError 404 for what does not exist."""
        name = request.path_params["endpoint"]
        endpoint = self._resources.endpoint(name)
        if endpoint is None:
            raise no_endpoint(name, self._workspace)
        arm_id = f"{self._workspace.arm_id}/onlineEndpoints/{endpoint.name}"
        asked = request.path_params.get("deployment")
        if asked is None:
            return Resource(endpoint.name), OF_ENDPOINT, arm_id
        deployment = self._resources.deployment(endpoint.name, asked)
        if deployment is None:
            raise no_deployment(endpoint.name, asked, self._workspace)
        return (
            Resource(endpoint.name, deployment.name),
            OF_DEPLOYMENT,
            f"{arm_id}/deployments/{deployment.name}",
        )


def _shown(metric: Metric, arm_id: str, query: MetricsQuery, found: list[Series]) -> dict[str, Any]:
    return {
        "id": f"{arm_id}{BELOW}/metrics/{metric.name}",
        "type": "Microsoft.Insights/metrics",
        "name": {"value": metric.name, "localizedValue": metric.words},
        "unit": metric.unit,
        "timeseries": [
            {
                "metadatavalues": [
                    {"name": {"value": dimension, "localizedValue": dimension}, "value": value}
                    for dimension, value in zip(query.filter, series.split, strict=True)
                ],
                "data": points(query, series.minutes),
            }
            for series in found
        ],
        "errorCode": "Success",
    }


def _defined(metric: Metric, kind: Kind, arm_id: str) -> dict[str, Any]:
    return {
        "id": f"{arm_id}{BELOW}/metricdefinitions/{metric.name}",
        "resourceId": arm_id,
        "namespace": kind.namespace,
        "name": {"value": metric.name, "localizedValue": metric.words},
        "isDimensionRequired": False,
        "unit": metric.unit,
        "primaryAggregationType": metric.aggregations[0],
        "supportedAggregationTypes": list(metric.aggregations),
        "metricAvailabilities": [{"timeGrain": grain, "retention": RETENTION} for grain in GRAINS],
        "dimensions": [{"value": name, "localizedValue": name} for name in metric.dimensions],
    }
