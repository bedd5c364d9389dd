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
    "environments": {"environmentType": "UserCreated", "condaFile": "", "osType": "Linux"},
}
CONTAINER_DESCRIPTION = {"models": None, "codes": None, "environments": ""}
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
ARCHIVED_STAGE = "Archived"
REPLICATED = "ServiceReplicated/"


def kept(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    """The properties of a version as the service keeps them. Code is never anonymous to it."""
    given = {name: value for name, value in properties.items() if value is not None}
    if kind == "codes":
        given["isAnonymous"] = False
    if kind == "environments" and given.get("condaFile"):
        given["condaFile"] = as_json_text(given["condaFile"])
    if kind == "environments" and given.get("osType"):
        given["osType"] = str(given["osType"]).capitalize()
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


def settle_stage(kind: str, given: dict[str, Any], before: dict[str, Any] | None) -> None:
    """Make isArchived and the stage of `given` say the same, as the service does.

    A stage that is left out stays what it was. Of a model isArchived decides, of an environment
    a stage that is given: putting one back with its stage and isArchived changes nothing.
    """
    if "stage" not in SINCE_2023[kind]:
        return
    stage = given.get("stage")
    if kind == "environments" and stage:
        given["isArchived"] = stage == ARCHIVED_STAGE
    if given["isArchived"]:
        given["stage"] = ARCHIVED_STAGE
        return
    stage = stage or (before or {}).get("stage")
    given["stage"] = None if stage == ARCHIVED_STAGE else stage


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
    newer = SINCE_2023[kind]
    properties = {name: value for name, value in version.properties.items() if name not in newer}
    if is_whole(api_version):
        properties = {**newer, **version.properties, "provisioningState": "Succeeded"}
        if "stage" in properties:
            properties["stage"] = version.stage
        if kind == "environments":
            labels = {LABELS: "latest" if latest else ""}
            properties["properties"] = {**(properties.get("properties") or {}), **labels}
    return {
        "id": path,
        "name": version.version,
        "type": f"{PROVIDER}/workspaces/{kind}/versions",
        "properties": properties,
        "systemData": {**version.system_data(workspace), **_makers(properties)},
    }


def show_container(
    kind: str,
    container: AssetContainer,
    versions: list[AssetVersion],
    workspace: Workspace,
    api_version: str,
) -> dict[str, Any]:
    """An environment of anonymous versions only has 0 as its latest one."""
    named = [version for version in versions if not version.properties.get("isAnonymous")]
    latest = newest(named)
    numbers = [int(item.version) for item in named if item.version.isdecimal()]
    nothing = "0" if kind == "environments" and versions else None
    newer = {"provisioningState": "Succeeded"} if is_whole(api_version) else {}
    return {
        "id": f"{workspace.arm_id}/{kind}/{container.name}",
        "name": container.name,
        "type": f"{PROVIDER}/workspaces/{kind}",
        "properties": {
            "description": CONTAINER_DESCRIPTION[kind],
            "tags": {},
            "properties": {},
            "isArchived": False,
            **container.properties,
            "latestVersion": latest.version if latest else nothing,
            "nextVersion": str(max(numbers, default=0) + 1),
            **newer,
        },
        "systemData": container.system_data(workspace),
    }


def newest(versions: list[AssetVersion]) -> AssetVersion | None:
    return max(versions, key=lambda version: version.created_at, default=None)


def _makers(properties: dict[str, Any]) -> dict[str, str]:
    """Who made what Microsoft curates."""
    if properties.get("environmentType") != "Curated":
        return {}
    maker, kind = "Microsoft", "User"
    return {
        **{"createdBy": maker, "createdByType": kind},
        **{"lastModifiedBy": maker, "lastModifiedByType": kind},
    }


def _plain(value: Any) -> Any:
    """A URI in the form in which two are compared; the service rewrites those it is given."""
    if not isinstance(value, str) or "://" not in value:
        return value or None
    return value.lower().replace(REPLICATED.lower(), "").replace(":443/", "/")
