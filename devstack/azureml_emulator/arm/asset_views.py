"""Asset versions: what is kept of a definition, when two are the same, and how ARM shows them."""

import json
import re
from typing import Any

import yaml

from devstack.azureml_emulator.arm.records import AssetContainer, AssetVersion
from devstack.azureml_emulator.arm.versions import is_whole
from devstack.azureml_emulator.workspace import PROVIDER, Workspace

DEFINITION = {
    "models": ("modelUri",),
    "codes": ("codeUri",),
    "environments": ("condaFile", "image", "build"),
}
"""What an existing version cannot change."""
DEFAULTS: dict[str, dict[str, Any]] = {
    "models": {"flavors": {}, "modelType": "custom_model", "modelUri": None, "jobName": None},
    "codes": {"codeUri": None},
    "environments": {"environmentType": "UserCreated", "osType": "Linux"},
}
SINCE_2023: dict[str, dict[str, Any]] = {
    "models": {"autoDeleteSetting": None, "intellectualProperty": None, "stage": None},
    "codes": {},
    "environments": {
        "autoDeleteSetting": None,
        "intellectualProperty": None,
        "stage": None,
        "autoRebuild": "Disabled",
    },
}
LABELS = "azureml.labels"
NAMED_STAGE, ANONYMOUS_STAGE = "Development", "Logged"
REPLICATED = "ServiceReplicated/"


def kept(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    """The properties of a version as the service keeps them. Code is never anonymous to it."""
    given = {name: value for name, value in properties.items() if value is not None}
    if kind == "codes":
        given["isAnonymous"] = False
    if kind == "environments" and given.get("condaFile"):
        given["condaFile"] = as_json_text(given["condaFile"])
    if kind == "models" and isinstance(given.get("modelUri"), str):
        given["modelUri"] = re.sub("/resourcegroups/", "/resourceGroups/", given["modelUri"])
    shared: dict[str, Any] = {
        "description": None,
        "tags": {},
        "properties": {},
        "isArchived": False,
        "isAnonymous": False,
    }
    return {**shared, **DEFAULTS[kind], **given}


def as_json_text(conda_file: Any) -> Any:
    """A conda file as the service returns it; what is not YAML stays, for the image to fail on."""
    try:
        return json.dumps(yaml.safe_load(conda_file), indent=2)
    except (yaml.YAMLError, TypeError, ValueError, AttributeError):
        return conda_file


def same_definition(kind: str, first: dict[str, Any], second: dict[str, Any]) -> bool:
    return all(_plain(first.get(name)) == _plain(second.get(name)) for name in DEFINITION[kind])


def show_version(
    kind: str, version: AssetVersion, workspace: Workspace, api_version: str, *, latest: bool
) -> dict[str, Any]:
    path = f"{workspace.arm_id}/{kind}/{version.name}/versions/{version.version}"
    properties = dict(version.properties)
    if is_whole(api_version):
        properties = {**SINCE_2023[kind], **properties, "provisioningState": "Succeeded"}
        if "stage" in properties and properties["stage"] is None:
            anonymous = bool(properties.get("isAnonymous"))
            properties["stage"] = ANONYMOUS_STAGE if anonymous else NAMED_STAGE
        if kind == "environments":
            labels = {LABELS: "latest" if latest else ""}
            properties["properties"] = {**(properties.get("properties") or {}), **labels}
    return {
        "id": path,
        "name": version.version,
        "type": f"{PROVIDER}/workspaces/{kind}/versions",
        "properties": properties,
        "systemData": version.system_data(workspace),
    }


def show_container(
    kind: str, container: AssetContainer, versions: list[AssetVersion], workspace: Workspace
) -> dict[str, Any]:
    latest = newest(versions)
    numbers = [int(item.version) for item in versions if item.version.isdecimal()]
    return {
        "id": f"{workspace.arm_id}/{kind}/{container.name}",
        "name": container.name,
        "type": f"{PROVIDER}/workspaces/{kind}",
        "properties": {
            "description": None,
            "tags": {},
            "properties": {},
            "isArchived": False,
            **container.properties,
            "latestVersion": latest.version if latest else None,
            "nextVersion": str(max(numbers, default=0) + 1),
        },
        "systemData": container.system_data(workspace),
    }


def newest(versions: list[AssetVersion]) -> AssetVersion | None:
    return max(versions, key=lambda version: version.created_at, default=None)


def _plain(value: Any) -> Any:
    """A URI in the form in which two are compared; the service rewrites those it is given."""
    if not isinstance(value, str) or "://" not in value:
        return value
    return value.lower().replace(REPLICATED.lower(), "").replace(":443/", "/")
