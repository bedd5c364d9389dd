"""Datastores: the workspace's own blob store, and whatever others are registered."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.context import api_version, json_body
from devstack.azureml_emulator.arm.errors import user_error
from devstack.azureml_emulator.arm.polling import own_url
from devstack.azureml_emulator.arm.records import Datastore, Resources, newest_first, now
from devstack.azureml_emulator.arm.versions import is_whole
from devstack.azureml_emulator.blob.sas import InvalidKey, account_token
from devstack.azureml_emulator.settings import Settings
from devstack.azureml_emulator.workspace import PROVIDER, Workspace

DEFAULT_DATASTORE = "workspaceblobstore"
BLOB, FILE = ("AzureBlob", "containerName"), ("AzureFile", "fileShareName")
OWN = {
    DEFAULT_DATASTORE: (BLOB, "azureml-blobstore-{id}"),
    "workspacefilestore": (FILE, "azureml-filestore-{id}"),
    "workspaceartifactstore": (BLOB, "azureml"),
    "workspaceworkingdirectory": (FILE, "code-391ff5ac-6576-460f-ba4d-7e03433c68b6"),
}
"""What every workspace is made with, in this order, all of them in its own storage account."""
TYPES = ("AzureBlob", "AzureFile", "AzureDataLakeGen1", "AzureDataLakeGen2")
CREDENTIALS = ("None", "AccountKey", "Sas", "ServicePrincipal", "Certificate")
DEFAULT_HOURS = 1
WITH_INTELLECTUAL_PROPERTY = re.compile(r"2023-\d\d-\d\d-preview")


class Datastores:
    def __init__(self, resources: Resources, workspace: Workspace, settings: Settings) -> None:
        self._datastores = resources.datastores
        self._workspace = workspace
        self._settings = settings
        for name in OWN:
            if self._datastores.get(name) is None:
                self._datastores.put(name, _own(name, workspace))

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
        asked = api_version(request)
        shown = [
            self._shown(datastore, asked)
            for datastore in newest_first(self._datastores.all())
            if not default_only or datastore.name == DEFAULT_DATASTORE
        ]
        return JSONResponse({"value": shown})

    async def get(self, request: Request) -> Response:
        return JSONResponse(self._shown(self._existing(request), api_version(request)))

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
        shown = self._shown(datastore, api_version(request))
        if existing:
            return JSONResponse(shown)
        return JSONResponse(shown, 201, headers={"Location": own_url(request)})

    async def delete(self, request: Request) -> Response:
        name = request.path_params["name"].lower()
        if name in OWN:
            message = f"The datastore {name} is the workspace's own. It cannot be deleted."
            raise user_error(400, message, "BadArgument")
        return Response(status_code=200 if self._datastores.delete(name) else 204)

    async def secrets(self, request: Request) -> Response:
        """An account's key, or where the request says expirableSecret a signature made with it."""
        datastore = self._existing(request)
        asked = await json_body(request)
        kind = self._properties(datastore)["credentials"]["credentialsType"]
        if kind == "None":
            raise user_error(400, "No secrets for credentials of type None.")
        secrets = datastore.secrets
        if datastore.name in OWN:
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

    def _properties(self, datastore: Datastore) -> dict[str, Any]:
        """The own ones have no key where the workspace opens them by identity."""
        if datastore.name in OWN and self._settings.datastore_access.mode == "identity":
            return {**datastore.properties, "credentials": {"credentialsType": "None"}}
        return datastore.properties

    def _shown(self, datastore: Datastore, version: str) -> dict[str, Any]:
        """With what its api-version says of it. Nobody is named as the maker of the own ones."""
        is_default = datastore.name == DEFAULT_DATASTORE
        ws = self._workspace
        times = datastore.system_data(ws)
        if datastore.name in OWN:
            del times["createdBy"], times["createdByType"]
        place: dict[str, Any] = {
            "subscriptionId": ws.subscription_id if is_default else None,
            "resourceGroup": ws.resource_group if is_default else None,
        }
        if WITH_INTELLECTUAL_PROPERTY.fullmatch(version):
            place["intellectualProperty"] = None
        shared = {
            "description": None,
            "tags": None,
            "properties": None,
            "isDefault": is_default,
            **(place if is_whole(version) else {}),
            "serviceDataAccessAuthIdentity": (
                "WorkspaceSystemAssignedIdentity" if is_default else "None"
            ),
        }
        return {
            "id": f"{ws.arm_id}/datastores/{datastore.name}",
            "name": datastore.name,
            "type": f"{PROVIDER}/workspaces/datastores",
            "properties": {**shared, **self._properties(datastore)},
            "systemData": times,
        }


def _own(name: str, workspace: Workspace) -> Datastore:
    (kind, field), place = OWN[name]
    shared_id = workspace.default_container.removeprefix("azureml-blobstore-")
    return Datastore(
        name=name,
        secrets={},
        properties={
            "datastoreType": kind,
            "accountName": workspace.storage_account,
            field: place.format(id=shared_id),
            "endpoint": "core.windows.net",
            "protocol": "https",
            "credentials": {"credentialsType": "AccountKey"},
        },
    )


def _check(name: str, properties: dict[str, Any], credentials: dict[str, Any]) -> None:
    if name.lower() in OWN or properties.pop("isDefault", False):
        message = (
            f"{name} cannot be written: {', '.join(OWN)} stay as they are, and"
            f" {DEFAULT_DATASTORE} stays the default."
        )
        raise user_error(400, message, "BadArgument")
    for field, value, known in (
        ("datastoreType", properties.get("datastoreType"), TYPES),
        ("credentialsType", credentials.get("credentialsType"), CREDENTIALS),
    ):
        if value not in known:
            message = f"{field}: {value!r} is unknown. Known are {', '.join(known)}."
            raise user_error(400, message, "BadArgument")
