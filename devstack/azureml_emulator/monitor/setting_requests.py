"""What a request for an autoscale setting says, checked as the service checks it."""

import datetime as dt
import re
from typing import Any

from pydantic import ValidationError

from devstack.azureml_emulator.arm.errors import not_done
from devstack.azureml_emulator.arm.rules import MAX_INSTANCES
from devstack.azureml_emulator.monitor.autoscale import OPERATORS, Profile, Rule
from devstack.azureml_emulator.monitor.definitions import OF_DEPLOYMENT, OF_ENDPOINT
from devstack.azureml_emulator.monitor.errors import MonitorError
from devstack.azureml_emulator.monitor.query import GRAINS, find_metric
from devstack.azureml_emulator.monitor.series import Resource
from devstack.azureml_emulator.workspace import Workspace

MAX_RULES, MAX_PROFILES = 10, 20
COOLDOWN = dt.timedelta(minutes=1), dt.timedelta(weeks=1)
WINDOW = dt.timedelta(minutes=5), dt.timedelta(hours=12)
GRAIN = dt.timedelta(minutes=1), dt.timedelta(hours=12)
STATISTICS = ("Average", "Min", "Max", "Sum", "Count")
AGGREGATIONS = ("Average", "Minimum", "Maximum", "Total", "Count", "Last")
SCALE_TYPES = ("ChangeCount", "PercentChangeCount", "ExactCount", "ServiceAllowedNextValue")
NOT_EMULATED = ("predictiveAutoscalePolicy", "notifications", "targetResourceLocation")


def bad(message: str) -> MonitorError:
    return MonitorError(400, "BadRequest", message)


def resource_of(arm_id: str, workspace: Workspace) -> Resource | None:
    """The endpoint or deployment of this workspace that an ARM id names."""
    pattern = re.escape(workspace.arm_id) + r"/onlineEndpoints/([^/]+)(?:/deployments/([^/]+))?/?"
    found = re.fullmatch(pattern, arm_id, re.IGNORECASE)
    return Resource(found[1], found[2]) if found else None


def read_target(properties: dict[str, Any], workspace: Workspace) -> Resource:
    """The deployment that a setting scales."""
    target = properties.get("targetResourceUri")
    if not isinstance(target, str) or not target:
        raise bad("The property 'targetResourceUri' is required.")
    resource = resource_of(target, workspace)
    if resource is None or resource.deployment is None:
        raise not_done(f"autoscale of {target}, which is no deployment of this workspace")
    return resource


def read_profile(properties: dict[str, Any], workspace: Workspace) -> Profile:
    """The one profile of a setting. Raises MonitorError, and ArmError 501 for what is not done."""
    for name in NOT_EMULATED:
        if properties.get(name):
            raise not_done(f"{name} of an autoscale setting")
    profiles = properties.get("profiles")
    if not isinstance(profiles, list) or not 1 <= len(profiles) <= MAX_PROFILES:
        raise bad(f"An autoscale setting has 1 to {MAX_PROFILES} profiles.")
    if len(profiles) > 1:
        raise not_done("more than one profile of an autoscale setting")
    [given] = profiles
    for name in ("recurrence", "fixedDate"):
        if isinstance(given, dict) and given.get(name):
            raise not_done(f"{name} of an autoscale profile")
    try:
        profile = Profile.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise bad(f"profiles[0].{where}: {first['msg']}") from None
    _check_capacity(profile)
    if len(profile.rules) > MAX_RULES:
        raise bad(f"A profile has at most {MAX_RULES} rules; this one has {len(profile.rules)}.")
    for rule in profile.rules:
        _check_rule(rule, workspace)
    return profile


def _check_capacity(profile: Profile) -> None:
    capacity = profile.capacity
    if not 1 <= capacity.minimum <= capacity.maximum <= MAX_INSTANCES:
        raise bad(
            f"The capacity's minimum {capacity.minimum} and maximum {capacity.maximum} are invalid:"
            f" 1 <= minimum <= maximum <= {MAX_INSTANCES}."
        )
    if not capacity.minimum <= capacity.default <= capacity.maximum:
        raise bad(
            f"The capacity's default {capacity.default} is invalid: it is between the minimum"
            f" {capacity.minimum} and the maximum {capacity.maximum}."
        )


def _check_rule(rule: Rule, workspace: Workspace) -> None:
    trigger, action = rule.trigger, rule.action
    for name, value, known in (
        ("operator", trigger.operator, tuple(OPERATORS)),
        ("statistic", trigger.statistic, STATISTICS),
        ("timeAggregation", trigger.aggregation, AGGREGATIONS),
        ("type", action.type, SCALE_TYPES),
    ):
        if value not in known:
            raise bad(f"The {name} '{value}' is invalid: it is one of {', '.join(known)}.")
    for name, length, (least, most) in (
        ("cooldown", action.cooldown, COOLDOWN),
        ("timeWindow", trigger.window, WINDOW),
        ("timeGrain", trigger.grain, GRAIN),
    ):
        if not least <= length <= most:
            raise bad(f"The {name} {length} is invalid: it is between {least} and {most}.")
    if action.value < 1:
        raise bad(f"The scale action's value {action.value} is invalid: it is at least 1.")
    if action.type == "ServiceAllowedNextValue" or trigger.statistic != "Average":
        raise not_done(f"autoscale with {action.type} and the statistic {trigger.statistic}")
    if trigger.grain not in GRAINS.values():
        raise not_done(f"autoscale with the time grain {trigger.grain}")
    _check_metric(rule, workspace)


def _check_metric(rule: Rule, workspace: Workspace) -> None:
    trigger = rule.trigger
    resource = resource_of(trigger.resource, workspace)
    if resource is None:
        raise not_done(f"autoscale by a metric of {trigger.resource}")
    metric = find_metric(trigger.metric, OF_DEPLOYMENT if resource.deployment else OF_ENDPOINT)
    if not metric.measured:
        raise not_done(f"the metric {metric.name}")
    dimensions_filter(rule.trigger.dimensions, metric.split_by)


def dimensions_filter(
    dimensions: list[dict[str, object]], known: tuple[str, ...]
) -> dict[str, str]:
    """A trigger's dimensions as a metrics filter: each equal to one value."""
    found = {}
    for dimension in dimensions:
        name, values = dimension.get("DimensionName"), dimension.get("Values")
        equal = dimension.get("Operator") == "Equals"
        if name not in known or not equal or not isinstance(values, list) or len(values) != 1:
            raise not_done(f"the dimension {dimension} of an autoscale rule")
        found[str(name).lower()] = str(values[0])
    return found
