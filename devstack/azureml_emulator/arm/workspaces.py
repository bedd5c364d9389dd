"""The workspace itself."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.context import api_version
from devstack.azureml_emulator.arm.errors import BY_THE_GATEWAY, ArmError, not_found
from devstack.azureml_emulator.settings import Settings
from devstack.azureml_emulator.workspace import PROVIDER, Workspace

NEWER_SINCE = "2024"
NEWER: dict[str, Any] = {
    "managedNetwork": {
        "changeableIsolationModes": ["AllowInternetOutbound", "AllowOnlyApprovedOutbound"],
        "isolationMode": "Disabled",
        "enableNetworkMonitor": False,
        "enableFirewallLog": False,
    },
    "allowRoleAssignmentOnRG": True,
    "ipAllowlist": [],
    "networkAcls": {
        "defaultAction": "Allow",
        "bypass": "",
        "ipRules": [],
        "resourceAccessRules": [],
    },
    "serverlessComputeSettings": None,
    "EnableSoftwareBillOfMaterials": False,
    "enableDataIsolation": False,
    "enableServiceSideCMKEncryption": False,
}
"""What the api-versions of 2024 and later have more."""
NO_MORE = "sasGetterUri"


def check_scope(request: Request, workspace: Workspace) -> None:
    """Raise ArmError unless the path names this subscription, resource group and workspace."""
    names = {key: str(value) for key, value in request.path_params.items()}
    subscription = names.get("subscription", workspace.subscription_id)
    group = names.get("group", workspace.resource_group)
    if subscription.lower() != workspace.subscription_id.lower():
        raise ArmError(
            404,
            "SubscriptionNotFound",
            f"The subscription '{subscription}' could not be found.",
            headers=BY_THE_GATEWAY,
        )
    if group.lower() != workspace.resource_group.lower():
        raise ArmError(
            404,
            "ResourceGroupNotFound",
            f"Resource group '{group}' could not be found.",
            headers=BY_THE_GATEWAY,
        )
    name = names.get("workspace", workspace.name)
    if name.lower() != workspace.name.lower():
        raise not_found(f"workspaces/{name}", group)


class Workspaces:
    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        self._workspace = workspace
        self._settings = settings

    def group_routes(self) -> list[Route]:
        """Relative to the resource group's provider path."""
        return [*self.subscription_routes(), Route("/workspaces/{workspace}", self.show)]

    def subscription_routes(self) -> list[Route]:
        return [Route("/workspaces", self.list)]

    async def show(self, request: Request) -> Response:
        check_scope(request, self._workspace)
        return JSONResponse(self._as_arm(api_version(request)))

    async def list(self, request: Request) -> Response:
        check_scope(request, self._workspace)
        return JSONResponse({"value": [self._as_arm(api_version(request))]})

    def _as_arm(self, version: str) -> dict[str, Any]:
        ws = self._workspace
        group = ws.group_id
        region = f"{ws.region}.api.azureml.ms"
        shown: dict[str, Any] = {
            "id": ws.arm_id,
            "name": ws.name,
            "type": f"{PROVIDER}/workspaces",
            "location": ws.region,
            "tags": {},
            "etag": None,
            "sku": {"name": "Basic", "tier": "Basic"},
            "identity": {
                "type": "SystemAssigned",
                "principalId": ws.principal_id,
                "tenantId": ws.tenant_id,
            },
            "properties": {
                "friendlyName": ws.name,
                "description": "",
                "storageAccount": ws.storage_account_id,
                "keyVault": f"{group}/providers/Microsoft.Keyvault/vaults/kv{ws.storage_account}",
                "applicationInsights": f"{group}/providers/Microsoft.insights/components/"
                f"ai{ws.storage_account}",
                "containerRegistry": ws.container_registry,
                "hbiWorkspace": False,
                "tenantId": ws.tenant_id,
                "imageBuildCompute": None,
                "provisioningState": "Succeeded",
                "v1LegacyMode": False,
                "softDeleteEnabled": False,
                "notebookInfo": {
                    "resourceId": ws.workspace_id.replace("-", ""),
                    "fqdn": f"ml-{ws.name}-{ws.region}-{ws.workspace_id}.{ws.region}"
                    ".notebooks.azure.net",
                    "isPrivateLinkEnabled": False,
                    "notebookPreparationError": None,
                },
                "storageHnsEnabled": False,
                "workspaceId": ws.workspace_id,
                "linkedModelInventoryArmId": None,
                "privateLinkCount": 0,
                "publicNetworkAccess": "Enabled",
                "discoveryUrl": f"https://{region}/discovery",
                "mlFlowTrackingUri": f"azureml://{region}/mlflow/v1.0{ws.arm_id}",
                "sdkTelemetryAppInsightsKey": ws.client_id,
                "sasGetterUri": "",
            },
            "systemData": {
                "createdAt": ws.created_at,
                "createdBy": ws.client_id,
                "createdByType": "Application",
                "lastModifiedAt": ws.created_at,
                "lastModifiedBy": ws.client_id,
                "lastModifiedByType": "Application",
            },
        }
        if version < NEWER_SINCE:
            return shown
        properties = {**shown["properties"], **NEWER, "creationTime": ws.created_at}
        properties["systemDatastoresAuthMode"] = self._settings.datastore_access.mode
        del properties[NO_MORE]
        return {**shown, "kind": "Default", "properties": properties}
