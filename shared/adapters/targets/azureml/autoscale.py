"""Autoscale settings of Azure Monitor, which change a deployment's instance count by its CPU load.

Source: Microsoft's REST reference of Microsoft.Insights/autoscalesettings, 2022-10-01. A setting is
a resource of its own beside the workspace, one for each deployment, and outlives it.
"""

from typing import Any

from shared.adapters.targets.azureml.arm import ask, ask_all
from shared.adapters.targets.azureml.connection import Connection
from shared.adapters.targets.azureml.operations import marks_of, tags_of
from shared.adapters.targets.azureml.preflight import read_workspace
from shared.domain.endpoint import AutoscaleSetting, Marks
from shared.domain.release import Autoscale

VERSION = {"api-version": "2022-10-01"}
METRIC = "CpuUtilizationPercentage"
SCALE_OUT_COOLDOWN_MINUTES = 5
WINDOW_MINUTES = 5


def put(connection: Connection, endpoint: str, name: str, wanted: Autoscale, marks: Marks) -> None:
    """Make or replace the deployment's setting. Raises NotAuthorized without the right for it."""
    target = connection.deployment_id(endpoint, name)
    body = {
        "location": read_workspace(connection).location,
        "tags": tags_of(marks),
        "properties": {
            "enabled": True,
            "targetResourceUri": target,
            "profiles": [_profile(wanted, target)],
        },
    }
    intent = connection.intent(f"set the autoscale of {name}", endpoint=endpoint)
    ask(connection, "PUT", _path(connection, endpoint, name), intent, params=VERSION, body=body)


def delete(connection: Connection, endpoint: str, name: str) -> None:
    """Remove the deployment's setting; one that is missing is success."""
    intent = connection.intent(f"remove the autoscale of {name}", endpoint=endpoint)
    ask(connection, "DELETE", _path(connection, endpoint, name), intent, params=VERSION)


def read_all(connection: Connection) -> list[AutoscaleSetting]:
    """Those of this workspace's deployments that carry marks of a Slipway."""
    intent = connection.intent("list the autoscale settings")
    found = ask_all(connection, _path(connection), intent, params=VERSION)
    return [seen for each in found if (seen := _seen(connection, each))]


def _path(connection: Connection, endpoint: str | None = None, name: str | None = None) -> str:
    """The path of one deployment's setting; without a deployment, of all.

    Names of endpoints and deployments have no underscore, so that no two settings share one.
    """
    all_of = f"{connection.group_id}/providers/Microsoft.Insights/autoscalesettings"
    if endpoint is None or name is None:
        return all_of
    return f"{all_of}/slipway_{connection.workspace}_{endpoint}_{name}".lower()


def _profile(wanted: Autoscale, target: str) -> dict[str, Any]:
    """The bounds, one rule for an instance more, one for an instance less."""
    more = _rule(target, "GreaterThan", wanted.cpu_percent, "Increase", SCALE_OUT_COOLDOWN_MINUTES)
    less = _rule(
        target,
        "LessThan",
        wanted.scale_in_percent,
        "Decrease",
        wanted.scale_in_cooldown_minutes,
    )
    return {
        "name": "default",
        "capacity": {
            "minimum": str(wanted.min),
            "maximum": str(wanted.max),
            "default": str(wanted.min),
        },
        "rules": [more, less],
    }


def _rule(
    target: str, operator: str, threshold: int, direction: str, cooldown_minutes: int
) -> dict[str, Any]:
    """Compare the average CPU load of WINDOW_MINUTES with `threshold` percent."""
    return {
        "metricTrigger": {
            "metricName": METRIC,
            "metricResourceUri": target,
            "timeGrain": "PT1M",
            "statistic": "Average",
            "timeWindow": f"PT{WINDOW_MINUTES}M",
            "timeAggregation": "Average",
            "operator": operator,
            "threshold": threshold,
            "dividePerInstance": False,
            "dimensions": [],
        },
        "scaleAction": {
            "direction": direction,
            "type": "ChangeCount",
            "value": "1",
            "cooldown": f"PT{cooldown_minutes}M",
        },
    }


def _seen(connection: Connection, setting: dict[str, Any]) -> AutoscaleSetting | None:
    """None where it is not Slipway's, or of another workspace."""
    marks = marks_of(setting.get("tags"))
    target = str(setting.get("properties", {}).get("targetResourceUri") or "")
    within, _, deployment = target.rpartition("/deployments/")
    workspace, _, endpoint = within.rpartition("/onlineEndpoints/")
    if not marks.owner or workspace.lower() != connection.workspace_id.lower():
        return None
    return AutoscaleSetting(endpoint_name=endpoint, deployment_name=deployment, marks=marks)
