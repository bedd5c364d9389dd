"""The workspace itself and its one datastore."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.errors import ArmError, not_found, user_error
from devstack.azureml_emulator.blob.sas import container_token
from devstack.azureml_emulator.workspace import PROVIDER, Workspace

DEFAULT_DATASTORE = "workspaceblobstore"


def check_scope(request: Request, workspace: Workspace) -> None:
    """Raise ArmError unless the path names this subscription, resource group and workspace."""
    names = {key: str(value) for key, value in request.path_params.items()}
    subscription = names.get("subscription", workspace.subscription_id)
    group = names.get("group", workspace.resource_group)
    if subscription.lower() != workspace.subscription_id.lower():
        raise ArmError(
            404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found."
        )
    if group.lower() != workspace.resource_group.lower():
        raise ArmError(
            404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found."
        )
    name = names.get("workspace", workspace.name)
    if name.lower() != workspace.name.lower():
        raise not_found("workspaces", name, group)


class Workspaces:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def routes(self) -> list[Route]:
        """Relative to the workspace's path."""
        return [
            Route("/datastores", self.datastores),
            Route("/datastores/{name}", self.datastore),
            Route("/datastores/{name}/listSecrets", self.secrets, methods=["POST"]),
        ]

    def group_routes(self) -> list[Route]:
        """Relative to the resource group's provider path."""
        return [*self.subscription_routes(), Route("/workspaces/{workspace}", self.show)]

    def subscription_routes(self) -> list[Route]:
        return [Route("/workspaces", self.list)]

    async def show(self, request: Request) -> Response:
        check_scope(request, self._workspace)
        return JSONResponse(self._as_arm())

    async def list(self, request: Request) -> Response:
        check_scope(request, self._workspace)
        return JSONResponse({"value": [self._as_arm()]})

    async def datastores(self, _: Request) -> Response:
        return JSONResponse({"value": [self._datastore()]})

    async def datastore(self, request: Request) -> Response:
        self._check_datastore(request)
        return JSONResponse(self._datastore())

    async def secrets(self, request: Request) -> Response:
        self._check_datastore(request)
        ws = self._workspace
        token = container_token(ws.storage_account, ws.storage_key, ws.default_container)
        return JSONResponse({"secretsType": "Sas", "sasToken": token})

    def _check_datastore(self, request: Request) -> None:
        name = request.path_params["name"]
        if name.lower() != DEFAULT_DATASTORE:
            raise user_error(404, f"Could not find datastore: {name}", "NoSuchDatastore")

    def _as_arm(self) -> dict[str, Any]:
        ws = self._workspace
        storage = (
            f"/subscriptions/{ws.subscription_id}/resourceGroups/{ws.resource_group}"
            f"/providers/Microsoft.Storage/storageAccounts/{ws.storage_account}"
        )
        return {
            "id": ws.arm_id,
            "name": ws.name,
            "type": f"{PROVIDER}/workspaces",
            "location": ws.region,
            "kind": "Default",
            "tags": {},
            "sku": {"name": "Basic", "tier": "Basic"},
            "identity": {
                "type": "SystemAssigned",
                "principalId": ws.principal_id,
                "tenantId": ws.tenant_id,
            },
            "properties": {
                "friendlyName": ws.name,
                "description": "",
                "workspaceId": ws.workspace_id,
                "provisioningState": "Succeeded",
                "storageAccount": storage,
                "publicNetworkAccess": "Enabled",
                "hbiWorkspace": False,
            },
        }

    def _datastore(self) -> dict[str, Any]:
        ws = self._workspace
        return {
            "id": f"{ws.arm_id}/datastores/{DEFAULT_DATASTORE}",
            "name": DEFAULT_DATASTORE,
            "type": f"{PROVIDER}/workspaces/datastores",
            "properties": {
                "datastoreType": "AzureBlob",
                "isDefault": True,
                "accountName": ws.storage_account,
                "containerName": ws.default_container,
                "endpoint": "core.windows.net",
                "protocol": "https",
                "credentials": {"credentialsType": "AccountKey"},
                "tags": {},
                "properties": {},
            },
        }
