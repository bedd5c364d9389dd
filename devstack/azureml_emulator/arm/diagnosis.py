"""A workspace's diagnosis: begun by a POST, followed at its Location, ended without findings."""

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.context import api_version
from devstack.azureml_emulator.arm.errors import ArmError
from devstack.azureml_emulator.arm.polling import signed
from devstack.azureml_emulator.workspace import ARM_HOST, PROVIDER, Workspace

FOUND: dict[str, Any] = {
    "value": {
        name: []
        for name in (
            *("userDefinedRouteResults", "networkSecurityRuleResults", "resourceLockResults"),
            *("dnsResolutionResults", "storageAccountResults", "keyVaultResults"),
            *("containerRegistryResults", "applicationInsightsResults", "otherResults"),
            "9",
        )
    }
}
"""The service's own lists, its unnamed ninth among them."""
REMEMBERED = 100


class Diagnosis:
    """Remembers the last diagnoses and whether each was asked for: the first answer is 202."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._asked: dict[str, bool] = {}

    def workspace_routes(self) -> list[Route]:
        return [Route("/diagnose", self.begin, methods=["POST"])]

    def region_routes(self) -> list[Route]:
        return [Route("/locations/{location}/workspaceOperationsStatus/{id}", self.follow)]

    async def begin(self, request: Request) -> Response:
        diagnosis = str(uuid.uuid4())
        self._asked[diagnosis] = False
        if len(self._asked) > REMEMBERED:
            del self._asked[next(iter(self._asked))]
        return Response(status_code=202, headers={"Location": self._url(request, diagnosis)})

    async def follow(self, request: Request) -> Response:
        diagnosis = request.path_params["id"]
        if diagnosis not in self._asked:
            raise ArmError(404, "NotFound", "There is no such operation.")
        if self._asked[diagnosis]:
            return JSONResponse(FOUND)
        self._asked[diagnosis] = True
        headers = {
            "Location": self._url(request, diagnosis),
            "Azure-AsyncOperation": self._url(request, diagnosis, "async"),
        }
        return Response(status_code=202, headers=headers)

    def _url(self, request: Request, diagnosis: str, kind: str = "location") -> str:
        ws = self._workspace
        return signed(
            f"https://{ARM_HOST}/subscriptions/{ws.subscription_id}/providers/{PROVIDER}"
            f"/locations/{ws.region}/workspaceOperationsStatus/{diagnosis}"
            f"?api-version={api_version(request)}&type={kind}"
        )
