"""Online deployments: create, update, scale, logs, delete."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.context import (
    api_version,
    check_query,
    json_body,
    planned_failure,
)
from devstack.azureml_emulator.arm.departed import Departed
from devstack.azureml_emulator.arm.deployment_requests import (
    check_environment,
    check_references,
    check_types,
    read_deployment,
)
from devstack.azureml_emulator.arm.errors import (
    OperationFailed,
    no_endpoint,
    not_done,
)
from devstack.azureml_emulator.arm.operations import Operations, until_due
from devstack.azureml_emulator.arm.polling import accepted_deletion, accepted_patch, accepted_put
from devstack.azureml_emulator.arm.quota import Quota
from devstack.azureml_emulator.arm.records import (
    Deployment,
    Endpoint,
    OperationRecord,
    Resources,
    newest_first,
)
from devstack.azureml_emulator.arm.rules import (
    check_idle,
    check_instances,
    check_name,
    check_room,
)
from devstack.azureml_emulator.arm.versions import creating_word
from devstack.azureml_emulator.arm.views import DEPLOYMENT_SKU, as_put_again, show_deployment
from devstack.azureml_emulator.serving.fleet import Fleet
from devstack.azureml_emulator.serving.own_variables import own_variables
from devstack.azureml_emulator.settings import Settings
from devstack.azureml_emulator.workspace import Workspace

DEFAULT_LOG_LINES = 2000
AUTOSCALE_API_VERSION = "2023-04-01"


class Deployments:
    def __init__(
        self,
        resources: Resources,
        workspace: Workspace,
        operations: Operations,
        settings: Settings,
        fleet: Fleet,
        quota: Quota,
    ) -> None:
        self._resources = resources
        self._workspace = workspace
        self._operations = operations
        self._settings = settings
        self._fleet = fleet
        self._quota = quota
        self._departed = Departed(workspace)
        operations.register("put deployment", self._create_or_update)
        operations.register("delete deployment", self._delete)

    def routes(self) -> list[Route]:
        all_of = "/onlineEndpoints/{endpoint}/deployments"
        one = f"{all_of}/{{deployment}}"
        return [
            Route(all_of, self.list),
            Route(one, self.get),
            Route(one, self.put, methods=["PUT"]),
            Route(one, self.patch, methods=["PATCH"]),
            Route(one, self.delete, methods=["DELETE"]),
            Route(f"{one}/getLogs", self.logs, methods=["POST"]),
            Route(f"{one}/skus", self.skus),
        ]

    async def list(self, request: Request) -> Response:
        check_query(request)
        endpoint = self._endpoint(request).name
        shown = [
            self._shown(request, deployment)
            for deployment in newest_first(self._resources.deployments_of(endpoint))
        ]
        return JSONResponse({"value": shown})

    async def get(self, request: Request) -> Response:
        return JSONResponse(self._shown(request, self._existing(request)))

    async def put(self, request: Request) -> Response:
        body = await json_body(request)
        parent, name = self._endpoint(request), request.path_params["deployment"]
        endpoint = parent.name
        existing = self._resources.deployment(endpoint, name)
        if existing is None:
            check_name("deployment", name)
            check_room(endpoint, len(self._resources.deployments_of(endpoint)))
        check_idle("create a deployment in", f"endpoint {endpoint}", parent.provisioning_state)
        if existing is not None:
            self._check_idle(existing)
        deployment = read_deployment(body, endpoint, name, existing, self._workspace.region)
        word = "Updating" if existing else creating_word(api_version(request))
        operation = self._start(request, deployment, word)
        begun = deployment.model_copy(update={"said_operation": None})
        shown = self._shown(request, begun)
        if existing is not None:
            shown = as_put_again(shown, api_version(request), operation.started_at)
        return accepted_put(request, shown, self._workspace, operation)

    async def patch(self, request: Request) -> Response:
        """Tags and the number of instances; all else needs a PUT."""
        body = await json_body(request)
        deployment = self._existing(request)
        self._check_idle(deployment)
        check_types(body)
        if body.get("properties"):
            raise not_done("a PATCH of a deployment's properties: it knows tags and sku")
        tags = body.get("tags")
        deployment.tags = deployment.tags if tags is None else tags
        deployment.sku = {**deployment.sku, **(body.get("sku") or {})}
        deployment.said_operation = None
        operation = self._start(request, deployment, "Updating")
        return accepted_patch(self._workspace, operation)

    async def delete(self, request: Request) -> Response:
        endpoint, name = request.path_params["endpoint"], request.path_params["deployment"]
        if self._resources.deployment(endpoint, name) is None:
            return Response(status_code=204)
        for running in self._operations.running(endpoint, name):
            if running.kind == "delete deployment":
                return accepted_deletion(self._workspace, running, api_version(request))
            await self._operations.cancel(running)
        deployment = self._existing(request)
        latency = self._settings.latency
        operation = self._begin(
            request, "delete deployment", deployment, "Deleting", latency.delete
        )
        return accepted_deletion(self._workspace, operation, api_version(request))

    async def logs(self, request: Request) -> Response:
        deployment = self._existing(request)
        body = await json_body(request)
        lines = body.get("tail") or DEFAULT_LOG_LINES
        return JSONResponse(
            {"content": self._fleet.logs(deployment, int(lines), body.get("containerType"))}
        )

    async def skus(self, request: Request) -> Response:
        self._existing(request)
        return JSONResponse({"value": [DEPLOYMENT_SKU]})

    def scale(self, deployment: Deployment, instances: int) -> OperationRecord:
        """What autoscale's PATCH of `sku.capacity` does. Raises ArmError when it is refused."""
        self._check_idle(deployment)
        deployment.sku = {**deployment.sku, "capacity": instances}
        deployment.said_operation = None
        check_instances(instances)
        self._quota.check(deployment)
        latency = self._settings.latency
        return self._operations.start(
            "put deployment",
            deployment,
            api_version=AUTOSCALE_API_VERSION,
            running_word="Updating",
            seconds=latency.deployment,
            polling_headers=latency.polling_headers(),
        )

    async def settled(self, operation: OperationRecord, seconds: float) -> None:
        """Wait until the operation has ended, at most `seconds`."""
        await self._operations.wait(operation, seconds)

    def _start(self, request: Request, deployment: Deployment, word: str) -> OperationRecord:
        check_references(deployment, self._resources)
        check_environment(deployment, self._fleet)
        check_instances(deployment.instances)
        self._quota.check(deployment)
        latency = self._settings.latency
        seconds = latency.deployment
        if not self._fleet.is_built(deployment):
            seconds += latency.image_build
        operation = self._begin(request, "put deployment", deployment, word, seconds)
        fault = planned_failure(request)
        if fault is not None and fault.log:
            self._fleet.append_log(deployment, fault.log)
        return operation

    def _shown(self, request: Request, deployment: Deployment) -> dict[str, Any]:
        return show_deployment(deployment, self._workspace, api_version(request))

    def _begin(
        self, request: Request, kind: str, deployment: Deployment, word: str, seconds: float
    ) -> OperationRecord:
        return self._operations.start(
            kind,
            deployment,
            api_version=api_version(request),
            running_word=word,
            seconds=seconds,
            polling_headers=self._settings.latency.polling_headers(),
            planned_failure=planned_failure(request),
        )

    def _check_idle(self, deployment: Deployment) -> None:
        check_idle("update", f"deployment {deployment.name}", deployment.provisioning_state)

    def _endpoint(self, request: Request) -> Endpoint:
        name = request.path_params["endpoint"]
        endpoint = self._resources.endpoint(name)
        if endpoint is None:
            raise no_endpoint(name, self._workspace)
        return endpoint

    def _existing(self, request: Request) -> Deployment:
        endpoint, name = self._endpoint(request).name, request.path_params["deployment"]
        deployment = self._resources.deployment(endpoint, name)
        if deployment is None:
            raise self._departed.missing(endpoint, name)
        return deployment

    async def _create_or_update(self, operation: OperationRecord) -> None:
        deployment = self._resources.deployment(operation.endpoint, operation.deployment or "")
        if deployment is None:
            raise OperationFailed("ResourceNotFound", "The deployment is gone.")
        await self._fleet.bring_up(deployment)
        deployment.own_variables = own_variables(deployment, self._resources)
        self._resources.save_deployment(deployment)
        await until_due(operation)

    async def _delete(self, operation: OperationRecord) -> None:
        name = operation.deployment or ""
        await self._fleet.remove(operation.endpoint, name)
        await until_due(operation)
        self._resources.delete_deployment(operation.endpoint, name)
        self._departed.add(operation.endpoint, name)
        endpoint = self._resources.endpoint(operation.endpoint)
        if endpoint is not None:
            for shares in (endpoint.traffic, endpoint.mirror_traffic):
                for target in [each for each in shares if each.lower() == name.lower()]:
                    del shares[target]
            self._resources.save_endpoint(endpoint)
