"""Autoscale at work: every setting looked at, and the counts that are due really changed."""

import datetime as dt
import logging

from devstack.azureml_emulator.arm.deployments import Deployments
from devstack.azureml_emulator.arm.errors import ArmError
from devstack.azureml_emulator.arm.records import Deployment, Resources
from devstack.azureml_emulator.clock import MINUTE, Clock, floor
from devstack.azureml_emulator.monitor.autoscale import Decision, Rest, Trigger, decide
from devstack.azureml_emulator.monitor.definitions import OF_DEPLOYMENT, OF_ENDPOINT
from devstack.azureml_emulator.monitor.query import GRAINS, MetricsQuery, find_metric
from devstack.azureml_emulator.monitor.samples import Samples
from devstack.azureml_emulator.monitor.series import measure, points
from devstack.azureml_emulator.monitor.setting_requests import (
    dimensions_filter,
    read_profile,
    read_target,
    resource_of,
)
from devstack.azureml_emulator.monitor.setting_routes import Setting, Settings
from devstack.azureml_emulator.workspace import Workspace

log = logging.getLogger(__name__)

SETTLE_SECONDS = 5
"""How long one look waits for the change that it began; a slow one goes on behind it."""


class Autoscale:
    def __init__(
        self,
        settings: Settings,
        resources: Resources,
        deployments: Deployments,
        samples: Samples,
        clock: Clock,
        workspace: Workspace,
    ) -> None:
        self._settings = settings
        self._resources = resources
        self._deployments = deployments
        self._samples = samples
        self._clock = clock
        self._workspace = workspace

    async def look(self) -> None:
        for setting in self._settings.all():
            if setting.properties["enabled"]:
                await self._look_at(setting)

    async def _look_at(self, setting: Setting) -> None:
        """A target that is gone or busy is left alone; its setting stays."""
        target = read_target(setting.properties, self._workspace)
        deployment = self._resources.deployment(target.endpoint, target.deployment or "")
        if deployment is None or deployment.provisioning_state != "Succeeded":
            return
        now = self._clock.now()
        profile = read_profile(setting.properties, self._workspace)
        due = decide(profile, deployment.instances, now, setting.rest, self._measured)
        if due is not None:
            await self._apply(setting, deployment, due, now)

    async def _apply(
        self, setting: Setting, deployment: Deployment, due: Decision, now: dt.datetime
    ) -> None:
        """What the service refuses, as for want of quota, is tried again at the next look."""
        name = f"{deployment.endpoint}/{deployment.name}"
        try:
            operation = self._deployments.scale(deployment, due.count)
        except ArmError as refused:
            log.warning("autoscale %s: %s to %s refused: %s", name, due.reason, due.count, refused)
            return
        log.info("autoscale %s: %s, so %s", name, due.reason, due.count)
        if due.cooldown is not None:
            setting.rest = Rest(until=now + due.cooldown)
            self._settings.put(setting)
        await self._deployments.settled(operation, SETTLE_SECONDS)

    def _measured(self, trigger: Trigger, count: int) -> float | None:
        """The trigger's value in the window that ends with the last full minute."""
        resource = resource_of(trigger.resource, self._workspace)
        if resource is None:
            return None
        metric = find_metric(trigger.metric, OF_DEPLOYMENT if resource.deployment else OF_ENDPOINT)
        end = floor(self._clock.now(), MINUTE)
        interval = next(name for name, grain in GRAINS.items() if grain == trigger.grain)
        query = MetricsQuery(
            end - trigger.window,
            end,
            interval,
            trigger.grain,
            (metric,),
            ("average",),
            dimensions_filter(trigger.dimensions, metric.split_by),
            1,
        )
        found = measure(metric, resource, query, self._samples, self._clock.now())
        shown = points(query, found[0].minutes) if found else []
        values = [float(str(point["average"])) for point in shown if "average" in point]
        if not values:
            return None
        value = _aggregated(trigger.aggregation, values)
        return value / count if trigger.per_instance else value


def _aggregated(aggregation: str, values: list[float]) -> float:
    if aggregation == "Average":
        return sum(values) / len(values)
    if aggregation == "Minimum":
        return min(values)
    if aggregation == "Maximum":
        return max(values)
    if aggregation == "Total":
        return sum(values)
    return float(len(values)) if aggregation == "Count" else values[-1]
