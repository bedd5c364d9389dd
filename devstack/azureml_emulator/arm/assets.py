"""Models, codes and environments: containers, versions, archiving and code uploads."""

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.context import json_body
from devstack.azureml_emulator.arm.errors import user_error
from devstack.azureml_emulator.arm.records import (
    AssetContainer,
    AssetVersion,
    Resources,
    asset_key,
    now,
)
from devstack.azureml_emulator.blob.sas import container_token
from devstack.azureml_emulator.workspace import PROVIDER, Workspace

PATH_PROPERTY = {"models": "modelUri", "codes": "codeUri", "environments": "condaFile"}
MISSING_CODE = {
    "models": "NoSuchModelRegistered",
    "codes": "NoSuchCodeRegistered",
    "environments": "NoSuchEnvironmentRegistered",
}
IMMUTABLE = {
    "models": "A model with this name and version already exists with another path.",
    "codes": "A different code asset with this name and version already exists.",
    "environments": "An environment with this name and version already exists with another"
    " definition. Environment versions are immutable.",
}


class Assets:
    """The routes of one kind of asset."""

    def __init__(self, kind: str, resources: Resources, workspace: Workspace) -> None:
        self._kind = kind
        self._workspace = workspace
        self._containers = resources.containers[kind]
        self._versions = resources.versions[kind]

    def routes(self) -> list[Route]:
        base = f"/{self._kind}"
        name, version = f"{base}/{{name}}", f"{base}/{{name}}/versions/{{version}}"
        routes = [
            Route(base, self.list_containers),
            Route(name, self.get_container),
            Route(name, self.put_container, methods=["PUT"]),
            Route(name, self.delete_container, methods=["DELETE"]),
            Route(f"{name}/versions", self.list_versions),
            Route(version, self.get_version),
            Route(version, self.put_version, methods=["PUT"]),
            Route(version, self.delete_version, methods=["DELETE"]),
        ]
        if self._kind == "codes":
            routes.append(Route(f"{version}/startPendingUpload", self.upload, methods=["POST"]))
        return routes

    async def list_containers(self, request: Request) -> Response:
        shown = [
            self._container_as_arm(container)
            for container in self._containers.all()
            if _in_view(request, bool(container.properties.get("isArchived")))
        ]
        return JSONResponse({"value": shown})

    async def get_container(self, request: Request) -> Response:
        return JSONResponse(self._container_as_arm(self._container(request)))

    async def put_container(self, request: Request) -> Response:
        name = request.path_params["name"]
        existing = self._containers.get(name.lower())
        container = existing or AssetContainer(name=name)
        properties = (await json_body(request)).get("properties") or {}
        container.properties = {**container.properties, **properties}
        container.modified_at = now()
        self._containers.put(name.lower(), container)
        return JSONResponse(self._container_as_arm(container), 200 if existing else 201)

    async def delete_container(self, request: Request) -> Response:
        name = request.path_params["name"]
        for version in self._versions.all(f"{name}/".lower()):
            self._versions.delete(asset_key(name, version.version))
        return Response(status_code=200 if self._containers.delete(name.lower()) else 204)

    async def list_versions(self, request: Request) -> Response:
        query = request.query_params
        versions = [
            version
            for version in self._versions.all(f"{request.path_params['name']}/".lower())
            if _in_view(request, version.archived) and _has_hash(request, version)
        ]
        newest_first = "asc" not in query.get("$orderBy", "createdtime desc").lower()
        versions.sort(key=lambda version: version.created_at, reverse=newest_first)
        skip = int(query.get("$skip") or 0)
        top = int(query.get("$top") or len(versions) or 1)
        shown = versions[skip : skip + top]
        return JSONResponse({"value": [self._version_as_arm(version) for version in shown]})

    async def get_version(self, request: Request) -> Response:
        return JSONResponse(self._version_as_arm(self._version(request)))

    async def put_version(self, request: Request) -> Response:
        name, number = request.path_params["name"], request.path_params["version"]
        properties: dict[str, Any] = (await json_body(request)).get("properties") or {}
        existing = self._versions.get(asset_key(name, number))
        path = PATH_PROPERTY[self._kind]
        if existing is not None and existing.properties.get(path) != properties.get(path):
            raise user_error(409, IMMUTABLE[self._kind], "AssetVersionConflict")
        if existing is None and self._containers.get(name.lower()) is None:
            self._containers.put(name.lower(), AssetContainer(name=name))
        version = existing or AssetVersion(name=name, version=number, properties={})
        version.properties = self._with_defaults(properties)
        version.modified_at = now()
        self._versions.put(asset_key(name, number), version)
        return JSONResponse(self._version_as_arm(version), 200 if existing else 201)

    async def delete_version(self, request: Request) -> Response:
        key = asset_key(request.path_params["name"], request.path_params["version"])
        return Response(status_code=200 if self._versions.delete(key) else 204)

    async def upload(self, _: Request) -> Response:
        """A fresh container for one code upload, and a signature that opens it alone."""
        ws = self._workspace
        container = f"{uuid.uuid4().hex[:12]}-{uuid.uuid4()}"
        uri = f"https://{ws.blob_host}/{container}"
        signature = container_token(ws.storage_account, ws.storage_key, container)
        return JSONResponse(
            {
                "pendingUploadId": str(uuid.uuid4()),
                "pendingUploadType": "TemporaryBlobReference",
                "blobReferenceForConsumption": {
                    "blobUri": uri,
                    "storageAccountArmId": "",
                    "credential": {"credentialType": "SAS", "sasUri": f"{uri}?{signature}"},
                },
            }
        )

    def _container(self, request: Request) -> AssetContainer:
        name = request.path_params["name"]
        container = self._containers.get(name.lower())
        if container is None:
            raise self._missing(name)
        return container

    def _version(self, request: Request) -> AssetVersion:
        name, number = request.path_params["name"], request.path_params["version"]
        version = self._versions.get(asset_key(name, number))
        if version is None:
            raise self._missing(f"{name}:{number}")
        return version

    def _missing(self, name: str) -> Exception:
        noun = self._kind.removesuffix("s")
        return user_error(404, f"No such {noun} is registered: {name}", MISSING_CODE[self._kind])

    def _with_defaults(self, properties: dict[str, Any]) -> dict[str, Any]:
        defaults: dict[str, Any] = {
            "description": None,
            "tags": {},
            "properties": {},
            "isArchived": False,
            "isAnonymous": False,
        }
        if self._kind == "models":
            defaults |= {"flavors": {}, "modelType": "custom_model"}
        if self._kind == "environments":
            defaults |= {"osType": "Linux", "environmentType": "UserCreated"}
        given = {name: value for name, value in properties.items() if value is not None}
        return {**defaults, **given, "provisioningState": "Succeeded"}

    def _container_as_arm(self, container: AssetContainer) -> dict[str, Any]:
        versions = self._versions.all(f"{container.name}/".lower())
        latest = max(versions, key=lambda version: version.created_at, default=None)
        numbers = [int(item.version) for item in versions if item.version.isdecimal()]
        return {
            "id": f"{self._workspace.arm_id}/{self._kind}/{container.name}",
            "name": container.name,
            "type": f"{PROVIDER}/workspaces/{self._kind}",
            "properties": {
                "description": None,
                "tags": {},
                "properties": {},
                "isArchived": False,
                **container.properties,
                "latestVersion": latest.version if latest else None,
                "nextVersion": str(max(numbers, default=0) + 1),
            },
            "systemData": container.system_data(self._workspace),
        }

    def _version_as_arm(self, version: AssetVersion) -> dict[str, Any]:
        path = f"{self._workspace.arm_id}/{self._kind}/{version.name}/versions/{version.version}"
        return {
            "id": path,
            "name": version.version,
            "type": f"{PROVIDER}/workspaces/{self._kind}/versions",
            "properties": version.properties,
            "systemData": version.system_data(self._workspace),
        }


def _in_view(request: Request, archived: bool) -> bool:
    view = request.query_params.get("listViewType", "ActiveOnly")
    return view == "All" or archived == (view == "ArchivedOnly")


def _has_hash(request: Request, version: AssetVersion) -> bool:
    wanted = request.query_params.get("hash")
    properties = version.properties.get("properties") or {}
    return wanted is None or properties.get("hash_sha256") == wanted
