"""`Microsoft.Insights/autoscalesettings`: put, get, patch, delete and list."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.context import json_body
from devstack.azureml_emulator.arm.errors import ArmError
from devstack.azureml_emulator.arm.records import Record, Resources
from devstack.azureml_emulator.arm.workspaces import check_scope
from devstack.azureml_emulator.monitor.autoscale import Rest
from devstack.azureml_emulator.monitor.errors import MonitorError
from devstack.azureml_emulator.monitor.setting_requests import bad, read_profile, read_target
from devstack.azureml_emulator.store import Collection, Store
from devstack.azureml_emulator.workspace import Workspace

TYPE = "Microsoft.Insights/autoscaleSettings"


class Setting(Record):
    name: str
    location: str
    tags: dict[str, str]
    properties: dict[str, Any]
    rest: Rest | None = None

    @property
    def target(self) -> str:
        return str(self.properties["targetResourceUri"])


class Settings:
    """All autoscale settings, by name in lower case."""

    def __init__(self, store: Store) -> None:
        self._kept = Collection(store, "autoscale", Setting)

    def all(self) -> list[Setting]:
        return self._kept.all()

    def get(self, name: str) -> Setting | None:
        return self._kept.get(name.lower())

    def put(self, setting: Setting) -> None:
        self._kept.put(setting.name.lower(), setting)

    def delete(self, name: str) -> bool:
        return self._kept.delete(name.lower())


class SettingRoutes:
    def __init__(self, settings: Settings, resources: Resources, workspace: Workspace) -> None:
        self._settings = settings
        self._resources = resources
        self._workspace = workspace

    def subscription_routes(self) -> list[Route]:
        """Relative to Microsoft.Insights in the subscription."""
        return [Route("/autoscalesettings", self.list)]

    def group_routes(self) -> list[Route]:
        """Relative to Microsoft.Insights in the resource group."""
        one = "/autoscalesettings/{name}"
        return [
            Route("/autoscalesettings", self.list),
            Route(one, self.get),
            Route(one, self.put, methods=["PUT"]),
            Route(one, self.patch, methods=["PATCH"]),
            Route(one, self.delete, methods=["DELETE"]),
        ]

    async def list(self, request: Request) -> Response:
        check_scope(request, self._workspace)
        return JSONResponse({"value": [self._shown(one) for one in self._settings.all()]})

    async def get(self, request: Request) -> Response:
        return JSONResponse(self._shown(self._existing(request)))

    async def put(self, request: Request) -> Response:
        check_scope(request, self._workspace)
        body = await json_body(request)
        location = body.get("location")
        if not isinstance(location, str) or not location:
            raise ArmError(
                400, "LocationRequired", "The location property is required for this definition."
            )
        existing = self._settings.get(request.path_params["name"])
        setting = self._checked(
            request, existing, body.get("properties") or {}, body.get("tags") or {}, location
        )
        self._settings.put(setting)
        return JSONResponse(self._shown(setting), 200 if existing else 201)

    async def patch(self, request: Request) -> Response:
        """Tags as a whole, and of the properties those that are given."""
        existing = self._existing(request)
        body = await json_body(request)
        tags = body.get("tags")
        setting = self._checked(
            request,
            existing,
            {**existing.properties, **(body.get("properties") or {})},
            existing.tags if tags is None else tags,
            existing.location,
        )
        self._settings.put(setting)
        return JSONResponse(self._shown(setting))

    async def delete(self, request: Request) -> Response:
        check_scope(request, self._workspace)
        gone = self._settings.delete(request.path_params["name"])
        return Response(status_code=200 if gone else 204)

    def _checked(
        self,
        request: Request,
        existing: Setting | None,
        properties: dict[str, Any],
        tags: dict[str, str],
        location: str,
    ) -> Setting:
        name = existing.name if existing else request.path_params["name"]
        target = read_target(properties, self._workspace)
        arm_id = str(properties["targetResourceUri"])
        if existing is not None and existing.target.lower() != arm_id.lower():
            raise MonitorError(
                400,
                "TargetResourceIdIsImmutable",
                f"The autoscale setting '{name}' under resource group"
                f" '{self._workspace.resource_group}' is referencing target resource"
                f" '{existing.target}'. The target resource reference is immutable. If you want"
                " to change it, please create a new autoscale setting with a different name.",
            )
        if self._resources.deployment(target.endpoint, target.deployment or "") is None:
            message = f"The target resource '{arm_id}' was not found."
            raise MonitorError(404, "TargetResourceNotFound", message)
        for other in self._settings.all():
            if other.target.lower() == arm_id.lower() and other.name.lower() != name.lower():
                message = f"The resource '{arm_id}' has the autoscale setting '{other.name}'."
                raise MonitorError(409, "Conflict", message)
        if not isinstance(properties.get("enabled", False), bool):
            raise bad("The property 'enabled' is not a boolean.")
        if not all(isinstance(text, str) for text in tags.values()):
            raise bad("The tags are not all text.")
        read_profile(properties, self._workspace)
        setting = Setting(
            name=name,
            location=location,
            tags=tags,
            properties={"enabled": False, **properties, "name": name},
        )
        if existing is not None:
            setting.created_at, setting.rest = existing.created_at, existing.rest
        return setting

    def _existing(self, request: Request) -> Setting:
        check_scope(request, self._workspace)
        name, group = request.path_params["name"], self._workspace.resource_group
        setting = self._settings.get(name)
        if setting is None:
            raise ArmError(
                404,
                "ResourceNotFound",
                f"The Resource 'Microsoft.Insights/autoscalesettings/{name}' under resource group"
                f" '{group}' was not found. For more details please go to"
                " https://aka.ms/ARMResourceNotFoundFix",
            )
        return setting

    def _shown(self, setting: Setting) -> dict[str, Any]:
        scope = (
            f"/subscriptions/{self._workspace.subscription_id}"
            f"/resourceGroups/{self._workspace.resource_group}"
        )
        return {
            "id": f"{scope}/providers/Microsoft.Insights/autoscalesettings/{setting.name}",
            "name": setting.name,
            "type": TYPE,
            "location": setting.location,
            "tags": setting.tags,
            "properties": {"notifications": [], **setting.properties},
        }
