"""Datastores: the workspace's own blob store, and whatever others are registered."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.context import json_body
from devstack.azureml_emulator.arm.errors import user_error
from devstack.azureml_emulator.arm.polling import own_url
from devstack.azureml_emulator.arm.records import Datastore, Resources, now
from devstack.azureml_emulator.blob.sas import InvalidKey, account_token
from devstack.azureml_emulator.workspace import PROVIDER, Workspace

DEFAULT_DATASTORE = "workspaceblobstore"
TYPES = ("AzureBlob", "AzureFile", "AzureDataLakeGen1", "AzureDataLakeGen2")
CREDENTIALS = ("None", "AccountKey", "Sas", "ServicePrincipal", "Certificate")
DEFAULT_HOURS = 1


class Datastores:
    def __init__(self, resources: Resources, workspace: Workspace) -> None:
        self._datastores = resources.datastores
        self._workspace = workspace
        if self._datastores.get(DEFAULT_DATASTORE) is None:
            self._datastores.put(DEFAULT_DATASTORE, _workspace_blob_store(workspace))

    def routes(self) -> list[Route]:
        """Relative to the workspace's path."""
        one = "/datastores/{name}"
        return [
            Route("/datastores", self.list),
            Route(one, self.get),
            Route(one, self.put, methods=["PUT"]),
            Route(one, self.delete, methods=["DELETE"]),
            Route(f"{one}/listSecrets", self.secrets, methods=["POST"]),
        ]

    async def list(self, request: Request) -> Response:
        default_only = request.query_params.get("isDefault", "").lower() == "true"
        shown = [
            self._shown(datastore)
            for datastore in self._datastores.all()
            if not default_only or datastore.name == DEFAULT_DATASTORE
        ]
        return JSONResponse({"value": shown})

    async def get(self, request: Request) -> Response:
        return JSONResponse(self._shown(self._existing(request)))

    async def put(self, request: Request) -> Response:
        name = request.path_params["name"]
        properties: dict[str, Any] = (await json_body(request)).get("properties") or {}
        credentials = properties.pop("credentials", None) or {"credentialsType": "None"}
        _check(name, properties, credentials)
        existing = self._datastores.get(name.lower())
        datastore = existing or Datastore(name=name, properties={}, secrets={})
        datastore.secrets = credentials.pop("secrets", None) or {}
        datastore.properties = {**properties, "credentials": credentials}
        datastore.modified_at = now()
        self._datastores.put(name.lower(), datastore)
        headers = {"Location": own_url(request)}
        return JSONResponse(self._shown(datastore), 200 if existing else 201, headers=headers)

    async def delete(self, request: Request) -> Response:
        name = request.path_params["name"].lower()
        if name == DEFAULT_DATASTORE:
            message = f"The datastore {DEFAULT_DATASTORE} is the workspace's default."
            raise user_error(400, f"{message} It cannot be deleted.", "BadArgument")
        return Response(status_code=200 if self._datastores.delete(name) else 204)

    async def secrets(self, request: Request) -> Response:
        """An account's key, or where the request says expirableSecret a signature made with it."""
        datastore = self._existing(request)
        asked = await json_body(request)
        kind = datastore.properties["credentials"]["credentialsType"]
        if kind == "None":
            raise user_error(400, "No secrets for credentials of type None.")
        secrets = datastore.secrets
        if datastore.name == DEFAULT_DATASTORE:
            secrets = {"secretsType": "AccountKey", "key": self._workspace.storage_key}
        if kind == "AccountKey" and asked.get("expirableSecret"):
            account = str(datastore.properties.get("accountName") or "")
            hours = int(asked.get("expireAfterHours") or DEFAULT_HOURS)
            try:
                token = account_token(account, str(secrets.get("key") or ""), hours)
            except InvalidKey as error:
                raise user_error(400, f"Datastore {datastore.name}: {error}", "BadKey") from None
            secrets = {"secretsType": "Sas", "sasToken": f"?{token}"}
        return JSONResponse(secrets)

    def _existing(self, request: Request) -> Datastore:
        name = request.path_params["name"]
        datastore = self._datastores.get(name.lower())
        if datastore is None:
            raise user_error(404, f"Could not find datastore: {name}", "NoSuchDatastore")
        return datastore

    def _shown(self, datastore: Datastore) -> dict[str, Any]:
        is_default = datastore.name == DEFAULT_DATASTORE
        ws = self._workspace
        shared = {
            "description": None,
            "tags": None,
            "properties": None,
            "isDefault": is_default,
            "subscriptionId": ws.subscription_id if is_default else None,
            "resourceGroup": ws.resource_group if is_default else None,
            "serviceDataAccessAuthIdentity": (
                "WorkspaceSystemAssignedIdentity" if is_default else "None"
            ),
        }
        return {
            "id": f"{ws.arm_id}/datastores/{datastore.name}",
            "name": datastore.name,
            "type": f"{PROVIDER}/workspaces/datastores",
            "properties": {**shared, **datastore.properties},
            "systemData": datastore.system_data(ws),
        }


def _workspace_blob_store(workspace: Workspace) -> Datastore:
    return Datastore(
        name=DEFAULT_DATASTORE,
        secrets={},
        properties={
            "datastoreType": "AzureBlob",
            "accountName": workspace.storage_account,
            "containerName": workspace.default_container,
            "endpoint": "core.windows.net",
            "protocol": "https",
            "credentials": {"credentialsType": "AccountKey"},
        },
    )


def _check(name: str, properties: dict[str, Any], credentials: dict[str, Any]) -> None:
    if name.lower() == DEFAULT_DATASTORE or properties.pop("isDefault", False):
        message = f"{DEFAULT_DATASTORE} is the workspace's default and stays as it is."
        raise user_error(400, message, "BadArgument")
    for field, value, known in (
        ("datastoreType", properties.get("datastoreType"), TYPES),
        ("credentialsType", credentials.get("credentialsType"), CREDENTIALS),
    ):
        if value not in known:
            message = f"{field}: {value!r} is unknown. Known are {', '.join(known)}."
            raise user_error(400, message, "BadArgument")
