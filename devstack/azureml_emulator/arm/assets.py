"""Models, codes and environments: containers, versions, archiving and code uploads."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.asset_views import (
    kept,
    newest,
    same_definition,
    settle_stage,
    show_container,
    show_version,
)
from devstack.azureml_emulator.arm.context import api_version, json_body
from devstack.azureml_emulator.arm.errors import ArmError, resource_missing, user_error
from devstack.azureml_emulator.arm.flavors import read_flavors
from devstack.azureml_emulator.arm.pending_upload import pending_upload
from devstack.azureml_emulator.arm.polling import own_url
from devstack.azureml_emulator.arm.records import (
    AssetContainer,
    AssetVersion,
    Resources,
    asset_key,
    now,
)
from devstack.azureml_emulator.blob.storage import Blobs
from devstack.azureml_emulator.serving.curated import in_workspace
from devstack.azureml_emulator.workspace import Workspace

IMMUTABLE = {
    "models": "Asset paths cannot be updated.",
    "codes": "Asset paths cannot be updated.",
    "environments": "Environment {name} with version {version} is already registered and cannot be"
    " changed.",
}


class Assets:
    """The routes of one kind of asset."""

    def __init__(self, kind: str, resources: Resources, workspace: Workspace, blobs: Blobs) -> None:
        self._kind = kind
        self._workspace = workspace
        self._blobs = blobs
        self._resources = resources
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
        """In the order in which they were made; the newest environment comes first."""
        containers = [
            container
            for container in self._containers.all()
            if _in_view(request, bool(container.properties.get("isArchived")))
        ]
        newest_first = self._kind == "environments"
        containers.sort(key=lambda container: container.created_at, reverse=newest_first)
        shown = [self._container_as_arm(request, container) for container in containers]
        return JSONResponse({"value": shown})

    async def get_container(self, request: Request) -> Response:
        return JSONResponse(self._container_as_arm(request, self._container(request)))

    async def put_container(self, request: Request) -> Response:
        name = request.path_params["name"]
        existing = self._containers.get(name.lower())
        container = existing or AssetContainer(name=name)
        properties = (await json_body(request)).get("properties") or {}
        container.properties = {**container.properties, **properties}
        container.modified_at = now()
        self._containers.put(name.lower(), container)
        return self._put(request, self._container_as_arm(request, container), existing is None)

    async def delete_container(self, request: Request) -> Response:
        name = request.path_params["name"]
        for version in self._versions.all(f"{name}/".lower()):
            self._versions.delete(asset_key(name, version.version))
        return Response(status_code=200 if self._containers.delete(name.lower()) else 204)

    async def list_versions(self, request: Request) -> Response:
        query = request.query_params
        versions = [
            version
            for version in self._listed(request)
            if _in_view(request, version.archived)
            and not version.properties.get("isAnonymous")
            and query.get("stage", version.stage) == version.stage
        ]
        newest_first = "asc" not in query.get("$orderBy", "createdtime desc").lower()
        versions.sort(key=lambda version: version.created_at, reverse=newest_first)
        skip = int(query.get("$skip") or query.get("$skipToken") or 0)
        top = int(query.get("$top") or len(versions) or 1)
        shown: dict[str, Any] = {
            "value": [self._shown(request, version) for version in versions[skip : skip + top]]
        }
        if len(versions) > skip + top:
            rest = urlencode({**query, "$skipToken": skip + top}, safe="$")
            shown["nextLink"] = f"{own_url(request).partition('?')[0]}?{rest}"
        return JSONResponse(shown)

    async def get_version(self, request: Request) -> Response:
        return JSONResponse(self._shown(request, self._version(request)))

    async def put_version(self, request: Request) -> Response:
        """An existing version keeps its definition."""
        name, number = request.path_params["name"], request.path_params["version"]
        properties = kept(self._kind, (await json_body(request)).get("properties") or {})
        existing = self._versions.get(asset_key(name, number))
        if existing and not same_definition(self._kind, existing.properties, properties):
            words = IMMUTABLE[self._kind].format(name=name, version=number)
            raise user_error(409, words, "AssetVersionConflict")
        settle_stage(self._kind, properties, existing.properties if existing else None)
        if properties.get("modelType") == "mlflow_model" and not properties["flavors"]:
            uri = str(properties["modelUri"])
            properties["flavors"] = read_flavors(uri, self._blobs, self._workspace, self._resources)
        if existing is None and self._containers.get(name.lower()) is None:
            self._containers.put(name.lower(), AssetContainer(name=name))
        version = existing or AssetVersion(name=name, version=number, properties=properties)
        if self._kind != "environments" or version.properties != properties:
            version.modified_at = now()  # an environment that stays as it is keeps its time
        version.properties = properties
        self._versions.put(asset_key(name, number), version)
        return self._put(request, self._shown(request, version), existing is None)

    def _put(self, request: Request, body: dict[str, Any], is_new: bool) -> Response:
        """201 with Location for what is new, and for every PUT of an environment."""
        if is_new or self._kind == "environments":
            return JSONResponse(body, 201, headers={"Location": own_url(request)})
        return JSONResponse(body)

    async def delete_version(self, request: Request) -> Response:
        key = asset_key(request.path_params["name"], request.path_params["version"])
        return Response(status_code=200 if self._versions.delete(key) else 204)

    async def upload(self, _: Request) -> Response:
        return JSONResponse(pending_upload(self._workspace))

    def _container(self, request: Request) -> AssetContainer:
        name = request.path_params["name"]
        container = self._containers.get(name.lower())
        if container is None:
            raise self._missing(name)
        return container

    def _version(self, request: Request) -> AssetVersion:
        name, number = request.path_params["name"], request.path_params["version"]
        version = self._versions.get(asset_key(name, number))
        if version is None and self._kind == "environments":
            version = in_workspace(name, number)
        if version is None:
            raise self._missing(name, number)
        return version

    def _missing(self, name: str, version: str = "") -> ArmError:
        """404 in the words that each kind has for it; without a version for its container."""
        if self._kind == "environments":
            words = f"No environment exists for name: {name}, version: {version}, label: "
            return user_error(404, words, "NotFoundError")
        if self._kind == "codes":
            return resource_missing()
        words = f"Model container with name: {name} not found."
        if version:
            words = f"Model with name: {name} and version: {version} not found."
        return resource_missing(("ModelNotFound", words))

    def _listed(self, request: Request) -> list[AssetVersion]:
        """The versions under a name; code is found by its hash under whatever name it has."""
        name = request.path_params["name"]
        if self._kind == "codes" and (wanted := request.query_params.get("hash")):
            return [version for version in self._versions.all() if _hash_of(version) == wanted]
        if self._kind == "models" and self._containers.get(name.lower()) is None:
            raise self._missing(name)
        return self._versions.all(f"{name}/".lower())

    def _container_as_arm(self, request: Request, container: AssetContainer) -> dict[str, Any]:
        versions = self._versions.all(f"{container.name}/".lower())
        asked = api_version(request)
        return show_container(self._kind, container, versions, self._workspace, asked)

    def _shown(self, request: Request, version: AssetVersion) -> dict[str, Any]:
        latest = newest(self._versions.all(f"{version.name}/".lower()))
        return show_version(
            self._kind,
            version,
            self._workspace,
            api_version(request),
            latest=latest is not None
            and latest.version == version.version
            and not version.properties.get("isAnonymous"),
        )


def _in_view(request: Request, archived: bool) -> bool:
    view = request.query_params.get("listViewType", "ActiveOnly")
    return view == "All" or archived == (view == "ArchivedOnly")


def _hash_of(version: AssetVersion) -> str | None:
    found: str | None = (version.properties.get("properties") or {}).get("hash_sha256")
    return found
