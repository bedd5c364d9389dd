"""Endpoints and deployments as ARM shows them.

The service shows a deployment in two ways: before 2023 with fields that it filled in later, from
2023 on whole at once. Recordings of both exist; the request's api-version says which it is.
"""

from typing import Any

from devstack.azureml_emulator.arm.polling import status_url
from devstack.azureml_emulator.arm.records import Deployment, Endpoint, Record
from devstack.azureml_emulator.workspace import PROVIDER, Workspace

WHOLE_SINCE = "2023"
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
OF_OLD = {"privateNetworkConnection": False}
OF_NEW = {"dataCollector": None}
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
    return {**DEFAULTS, **given}


def show_endpoint(endpoint: Endpoint, workspace: Workspace, version: str) -> dict[str, Any]:
    base = f"https://{workspace.scoring_host(endpoint.name)}"
    arm_id = f"{workspace.arm_id}/onlineEndpoints/{endpoint.name}"
    return {
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


def show_deployment(deployment: Deployment, workspace: Workspace, version: str) -> dict[str, Any]:
    path = f"{workspace.arm_id}/onlineEndpoints/{deployment.endpoint}/deployments/{deployment.name}"
    properties = {**(OF_NEW if is_whole(version) else OF_OLD), **deployment.properties}
    if is_whole(version):
        given = properties.get("environmentVariables") or {}
        properties["environmentVariables"] = {**deployment.own_variables, **given}
    elif not deployment.provisioned:
        properties |= NOT_YET
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
                **(deployment.properties.get("properties") or {}),
                **_last_operation(deployment, workspace, version),
            },
        },
        "systemData": _times(deployment, workspace),
    }


def as_put_again(shown: dict[str, Any], version: str) -> dict[str, Any]:
    """The answer to a PUT of what exists: since 2023 it has no size and does not say who made it.

    A GET, then and later, has both.
    """
    if not is_whole(version):
        return shown
    when = {"lastModifiedAt": shown["systemData"]["lastModifiedAt"]}
    state = {"provisioningState": creating_word(version), "instanceType": None}
    return {**shown, "systemData": when, "properties": {**shown["properties"], **state}}


def is_whole(version: str) -> bool:
    return version >= WHOLE_SINCE


def creating_word(version: str) -> str:
    """The provisioning state of a new deployment."""
    return "Creating" if is_whole(version) else "Updating"


def _said(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}


def _last_operation(
    resource: Endpoint | Deployment, workspace: Workspace, version: str
) -> dict[str, str]:
    if resource.operation_id is None:
        return {}
    return {"AzureAsyncOperationUri": status_url(workspace, resource.operation_id, version)}


def _times(resource: Record, workspace: Workspace) -> dict[str, str]:
    """Of these two the service does not say who changed them last, nor of what kind they are."""
    shown = resource.system_data(workspace)
    return {name: shown[name] for name in ("createdAt", "createdBy", "lastModifiedAt")}
