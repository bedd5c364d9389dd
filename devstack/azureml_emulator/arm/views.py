"""Endpoints and deployments as ARM shows them.

The service shows a deployment in two ways: before 2023 with fields that it filled in later, from
2023 on whole at once. Recordings of both exist; the request's api-version says which it is.
"""

import datetime as dt
from typing import Any

from devstack.azureml_emulator.arm.polling import status_url
from devstack.azureml_emulator.arm.records import Deployment, Endpoint, Record
from devstack.azureml_emulator.arm.rules import MAX_INSTANCES
from devstack.azureml_emulator.arm.versions import (
    creating_word,
    is_timeless,
    is_whole,
    unknown_to_deployments,
    unknown_to_endpoints,
)
from devstack.azureml_emulator.workspace import PROVIDER, Workspace

PROBE = {
    "failureThreshold": 30,
    "successThreshold": 1,
    "timeout": "PT2S",
    "period": "PT10S",
    "initialDelay": "PT10S",
}
REQUEST_SETTINGS = {
    "maxQueueWait": "PT0S",
    "requestTimeout": "PT5S",
    "maxConcurrentRequestsPerInstance": 1,
}
DEFAULTS: dict[str, Any] = {
    "description": None,
    "codeConfiguration": None,
    "environmentId": None,
    "environmentVariables": {},
    "scaleSettings": {"scaleType": "Default"},
    "requestSettings": REQUEST_SETTINGS,
    "modelMountPath": None,
    "appInsightsEnabled": False,
    "livenessProbe": PROBE,
    "readinessProbe": PROBE,
    "model": None,
    "egressPublicNetworkAccess": "Enabled",
    "properties": {},
}
PRIVATE = {"private-network-connection": "True"}
"""What the service notes of a deployment with a private network."""
COLLECTOR = {"requestLogging": None}
COLLECTION = {"dataId": None, "clientId": None}
OF_OLD = {"privateNetworkConnection": False}
OF_NEW = {"dataCollector": None}
DEPLOYMENT_SKU = {
    "resourceType": "Microsoft.MachineLearning.Services/endpoints/deployments",
    "sku": {"name": "default", "tier": "Standard"},
    "capacity": {
        "minimum": 1,
        "maximum": MAX_INSTANCES,
        "default": 3,
        "scaleType": "Automatic",
    },
}
"""What every deployment can be scaled to, its resource type spelt as the service spells it."""
LAST = "AzureAsyncOperationUri"
"""The property that leads to the status of a resource's last operation."""
NOT_YET = {
    "livenessProbe": None,
    "readinessProbe": None,
    "requestSettings": {**REQUEST_SETTINGS, "requestTimeout": "PT0S"},
}


def with_defaults(properties: dict[str, Any]) -> dict[str, Any]:
    """A deployment's properties with what the service adds; nested settings are filled up too."""
    given = {name: value for name, value in properties.items() if value is not None}
    for name in ("requestSettings", "livenessProbe", "readinessProbe"):
        if isinstance(given.get(name), dict):
            given[name] = {**DEFAULTS[name], **_said(given[name])}
    if "dataCollector" in given:
        given["dataCollector"] = _collector(given["dataCollector"])
    return {**DEFAULTS, **given}


def _collector(given: dict[str, Any]) -> dict[str, Any]:
    collections = given.get("collections") or {}
    filled = {name: {**COLLECTION, **(one or {})} for name, one in collections.items()}
    return {**COLLECTOR, **given, "collections": filled}


def show_endpoint(endpoint: Endpoint, workspace: Workspace, version: str) -> dict[str, Any]:
    base = f"https://{workspace.scoring_host(endpoint.name)}"
    arm_id = f"{workspace.arm_id}/onlineEndpoints/{endpoint.name}"
    shown: dict[str, Any] = {
        "id": arm_id,
        "name": endpoint.name,
        "type": f"{PROVIDER}/workspaces/onlineEndpoints",
        "location": endpoint.location,
        "kind": endpoint.kind or "Managed",
        "tags": endpoint.tags,
        "identity": endpoint.identity,
        "properties": {
            "description": endpoint.description,
            "properties": {
                **endpoint.properties,
                "azureml.onlineendpointid": arm_id.lower(),
                **_last_operation(endpoint, workspace, version),
            },
            "scoringUri": f"{base}/score" if endpoint.provisioned else None,
            "swaggerUri": f"{base}/swagger.json" if endpoint.provisioned else None,
            "authMode": endpoint.auth_mode,
            "provisioningState": endpoint.provisioning_state,
            "compute": None,
            "traffic": endpoint.traffic,
            "mirrorTraffic": endpoint.mirror_traffic,
            "publicNetworkAccess": endpoint.public_network_access,
        },
        "systemData": _times(endpoint, workspace),
    }
    shown["properties"] = _known(shown["properties"], unknown_to_endpoints(version))
    return shown


def endpoint_put_again(shown: dict[str, Any], version: str) -> dict[str, Any]:
    """The answer to a PUT of what exists: as if it were new, without whose and where."""
    own = {name: uri for name, uri in shown["properties"]["properties"].items() if name == LAST}
    begun = {"provisioningState": "Creating", "scoringUri": None, "swaggerUri": None}
    properties = {**shown["properties"], **begun, "properties": own}
    when = {"lastModifiedAt": shown["systemData"]["lastModifiedAt"]}
    return {
        **_known(shown, {"location", "identity"}),
        "properties": properties,
        "systemData": {} if is_timeless(version) else when,
    }


def show_deployment(deployment: Deployment, workspace: Workspace, version: str) -> dict[str, Any]:
    path = f"{workspace.arm_id}/onlineEndpoints/{deployment.endpoint}/deployments/{deployment.name}"
    properties = {**(OF_NEW if is_whole(version) else OF_OLD), **deployment.properties}
    given = properties.get("environmentVariables") or {}
    properties["environmentVariables"] = {**deployment.own_variables, **given}
    if not is_whole(version) and not deployment.provisioned:
        properties |= NOT_YET
    properties = _known(properties, unknown_to_deployments(version))
    return {
        "id": path,
        "name": deployment.name,
        "type": f"{PROVIDER}/workspaces/onlineEndpoints/deployments",
        "location": deployment.location,
        "kind": "Managed",
        "tags": deployment.tags,
        "sku": {"name": "Default", "tier": "Standard", **_said(deployment.sku)},
        "properties": {
            **properties,
            "endpointComputeType": "Managed",
            "provisioningState": deployment.provisioning_state,
            "properties": {
                **(PRIVATE if properties.get("privateNetworkConnection") else {}),
                **(deployment.properties.get("properties") or {}),
                **_last_operation(deployment, workspace, version),
                **({LAST: deployment.said_operation} if deployment.said_operation else {}),
            },
        },
        "systemData": _times(deployment, workspace),
    }


def as_put_again(shown: dict[str, Any], version: str, begun_at: dt.datetime) -> dict[str, Any]:
    """The answer to a PUT of what exists: since 2023 it has no size and does not say who made it.

    A GET, then and later, has both, and the time of the creation in place of `begun_at`.
    """
    if not is_whole(version):
        return shown
    when = {"lastModifiedAt": begun_at.isoformat()}
    state = {"provisioningState": creating_word(version), "instanceType": None}
    return {**shown, "systemData": when, "properties": {**shown["properties"], **state}}


def _known(properties: dict[str, Any], unknown: set[str]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name not in unknown}


def _said(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}


def _last_operation(
    resource: Endpoint | Deployment, workspace: Workspace, version: str
) -> dict[str, str]:
    if resource.operation_id is None:
        return {}
    return {LAST: status_url(workspace, resource.operation_id, version)}


def _times(resource: Record, workspace: Workspace) -> dict[str, str]:
    """Of these two the service does not say who changed them last, nor of what kind they are."""
    shown = resource.system_data(workspace)
    return {name: shown[name] for name in ("createdAt", "createdBy", "lastModifiedAt")}
