"""The control API: latency, faults, quota, and a look at what happened. Plain http on loopback."""

from collections import Counter

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.errors import OperationFailed
from devstack.azureml_emulator.arm.quota import Quota
from devstack.azureml_emulator.arm.records import Resources
from devstack.azureml_emulator.arm.skus import FAMILIES, family_of
from devstack.azureml_emulator.blob.storage import Blobs
from devstack.azureml_emulator.control_requests import (
    FAULTS,
    NAMES,
    QUOTAS,
    Processes,
    Refusals,
    Refused,
    ScenarioChoice,
    Sharing,
)
from devstack.azureml_emulator.control_views import everything
from devstack.azureml_emulator.faults import Fault, Faults
from devstack.azureml_emulator.intake import Call, Intake
from devstack.azureml_emulator.latency import Latency
from devstack.azureml_emulator.monitor.setting_routes import Settings as AutoscaleSettings
from devstack.azureml_emulator.scenarios import Scenario, scenarios
from devstack.azureml_emulator.serving.fleet import Fleet
from devstack.azureml_emulator.settings import DatastoreAccess, Settings
from devstack.azureml_emulator.workspace import Workspace


class Control:
    def __init__(
        self,
        *,
        workspace: Workspace,
        settings: Settings,
        faults: Faults,
        intake: Intake,
        quota: Quota,
        resources: Resources,
        blobs: Blobs,
        fleet: Fleet,
        autoscale: AutoscaleSettings,
        refused_hosts: Counter[str],
        unknown_routes: Counter[str],
    ) -> None:
        self._workspace = workspace
        self._settings = settings
        self._faults = faults
        self._intake = intake
        self._quota = quota
        self._resources = resources
        self._blobs = blobs
        self._fleet = fleet
        self._autoscale = autoscale
        self._refused_hosts = refused_hosts
        self._unknown_routes = unknown_routes

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self.health),
            Route("/latency", self.latency),
            Route("/latency", self.put_latency, methods=["PUT"]),
            Route("/faults", self.faults),
            Route("/faults", self.put_faults, methods=["PUT"]),
            Route("/faults", self.delete_faults, methods=["DELETE"]),
            Route("/scenarios", self.scenarios),
            Route("/scenarios", self.put_scenario, methods=["PUT"]),
            Route("/quota", self.quota),
            Route("/quota", self.put_quota, methods=["PUT"]),
            Route("/taken-names", self.taken_names),
            Route("/taken-names", self.put_taken_names, methods=["PUT"]),
            Route("/datastore-access", self.datastore_access),
            Route("/datastore-access", self.put_datastore_access, methods=["PUT"]),
            Route("/processes", self.put_processes, methods=["PUT"]),
            Route("/sharing", self.put_sharing, methods=["PUT"]),
            Route("/calls", self.calls),
            Route("/calls", self.delete_calls, methods=["DELETE"]),
            Route("/refusals", self.refusals),
            Route("/resources", self.resources),
        ]

    async def health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def latency(self, _: Request) -> Response:
        return JSONResponse(self._settings.latency.model_dump())

    async def put_latency(self, request: Request) -> Response:
        """Seconds left out stay as they are."""
        changes = Latency.model_validate_json(await request.body()).model_dump(exclude_unset=True)
        self._settings.latency = self._settings.latency.model_copy(update=changes)
        return await self.latency(request)

    async def faults(self, _: Request) -> Response:
        return _listed(self._faults.remaining())

    async def put_faults(self, request: Request) -> Response:
        self._faults.replace(FAULTS.validate_json(await request.body()))
        return await self.faults(request)

    async def delete_faults(self, request: Request) -> Response:
        self._faults.replace([])
        return await self.faults(request)

    async def scenarios(self, _: Request) -> Response:
        return _listed(scenarios(self._workspace))

    async def put_scenario(self, request: Request) -> Response:
        choice = ScenarioChoice.model_validate_json(await request.body())
        scenario = self._scenario(choice.name)
        if choice.times is not None:
            for fault in scenario.faults:
                fault.times = choice.times
        self._faults.replace(scenario.faults)
        return JSONResponse(scenario.model_dump(mode="json"))

    async def quota(self, _: Request) -> Response:
        return JSONResponse(
            {
                family: {"limit": self._quota.limit(family), "used": self._quota.used(family)}
                for family in FAMILIES
            }
        )

    async def put_quota(self, request: Request) -> Response:
        """Keys are machine sizes or families; a size sets the limit of its whole family."""
        limits = QUOTAS.validate_json(await request.body())
        for name in limits:
            if family_of(name) is None:
                raise Refused(name, f"unknown size or family; families are {', '.join(FAMILIES)}")
        for name, wanted in limits.items():
            self._quota.set_limit(str(family_of(name)), wanted.limit)
        return await self.quota(request)

    async def datastore_access(self, _: Request) -> Response:
        return JSONResponse(self._settings.datastore_access.model_dump())

    async def put_datastore_access(self, request: Request) -> Response:
        access = DatastoreAccess.model_validate_json(await request.body())
        self._settings.datastore_access = access
        return await self.datastore_access(request)

    async def taken_names(self, _: Request) -> Response:
        return JSONResponse(self._settings.taken_names())

    async def put_taken_names(self, request: Request) -> Response:
        """Endpoint names that some other subscription of the region has."""
        self._settings.set_taken_names(NAMES.validate_json(await request.body()))
        return await self.taken_names(request)

    async def put_processes(self, request: Request) -> Response:
        """How many server processes stand behind one deployment; restarts its container."""
        wanted = Processes.model_validate_json(await request.body())
        deployment = self._resources.deployment(wanted.endpoint, wanted.deployment)
        if deployment is None or deployment.provisioning_state != "Succeeded":
            raise Refused("deployment", "there is no such live deployment")
        deployment.processes = wanted.count
        self._resources.save_deployment(deployment)
        try:
            await self._fleet.launch(deployment)
        except OperationFailed as failure:
            raise Refused("count", str(failure)) from None
        return await self.resources(request)

    async def put_sharing(self, request: Request) -> Response:
        """Whether deployments made from now on share a process where they would run the same."""
        await self._fleet.sharing.turn(Sharing.model_validate_json(await request.body()).shared)
        return JSONResponse({"shared": self._fleet.sharing.enabled})

    async def calls(self, _: Request) -> Response:
        return _listed(list(self._intake.calls))

    async def delete_calls(self, request: Request) -> Response:
        self._intake.calls.clear()
        return await self.calls(request)

    async def refusals(self, _: Request) -> Response:
        refusals = Refusals(
            hosts=dict(sorted(self._refused_hosts.items())),
            routes=dict(sorted(self._unknown_routes.items())),
        )
        return JSONResponse(refusals.model_dump())

    async def resources(self, _: Request) -> Response:
        """Everything that exists, in a fixed order and without times."""
        return JSONResponse(everything(self._resources, self._autoscale, self._blobs, self._fleet))

    def _scenario(self, name: str) -> Scenario:
        known = {scenario.name: scenario for scenario in scenarios(self._workspace)}
        if name not in known:
            raise Refused("name", f"unknown scenario; known are {', '.join(known)}")
        return known[name]


def _listed(items: list[Call] | list[Fault] | list[Scenario]) -> Response:
    return JSONResponse([item.model_dump(mode="json") for item in items])
