"""The scoring front door: keys, traffic, limits and timeouts in front of the containers."""

import asyncio
import datetime as dt
import hmac
import random
import secrets
import time
from collections.abc import Mapping

import httpx
from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.arm.records import Deployment, Endpoint, Resources
from devstack.azureml_emulator.clock import Clock
from devstack.azureml_emulator.monitor.samples import Outcome, Samples
from devstack.azureml_emulator.serving.containers import Container
from devstack.azureml_emulator.serving.fleet import Fleet
from devstack.azureml_emulator.tokens import SCORING_AUDIENCES, InvalidToken, Tokens
from devstack.azureml_emulator.workspace import Workspace
from devstack.loopback import HOST

DEPLOYMENT_HEADER = "azureml-model-deployment"
SESSION_HEADER = "azureml-model-session"
"""The deployment that answered."""
MODEL_STATUS = "ms-azureml-model-error-statuscode"
SERVER = "azureml-frontdoor"
PASSED_ON = (
    *("x-ms-run-function-failed", "x-ms-run-fn-exec-ms", "x-request-id", "x-ms-request-id"),
    *("x-ms-server-version", "x-ms-client-request-id"),
)
"""Headers of the inference server that reach the caller."""
DEFAULT_TIMEOUT = dt.timedelta(seconds=5)
LONGEST_SECONDS = 200
"""Beyond any request_timeout_ms, which is at most 180 seconds."""
QUEUE_FACTOR = 2
"""Azure lets twice as many requests in as the instances can run at once."""
NOT_FORWARDED = {"host", "connection", "authorization", "content-length", "transfer-encoding"}
DURATION = TypeAdapter(dt.timedelta)
DRAW = secrets.SystemRandom()


class FrontDoor:
    def __init__(
        self,
        resources: Resources,
        fleet: Fleet,
        workspace: Workspace,
        tokens: Tokens,
        samples: Samples,
        clock: Clock,
    ) -> None:
        self._resources = resources
        self._fleet = fleet
        self._workspace = workspace
        self._tokens = tokens
        self._samples = samples
        self._clock = clock
        self._mirrored: set[asyncio.Task[Response]] = set()
        self._client = httpx.AsyncClient(
            trust_env=False,
            timeout=httpx.Timeout(LONGEST_SECONDS, pool=None),
            limits=httpx.Limits(max_connections=None),
        )

    def routes(self) -> list[Route]:
        return [
            Route("/score", self.forward, methods=["GET", "POST"]),
            Route("/swagger.json", self.forward, methods=["GET"]),
            Route("/", self.forward, methods=["GET"]),
        ]

    async def close(self) -> None:
        for task in self._mirrored:
            task.cancel()
        await asyncio.gather(*self._mirrored, return_exceptions=True)
        await self._client.aclose()

    async def forward(self, request: Request) -> Response:
        endpoint = self._endpoint(request)
        if endpoint is None:
            return _refusal(404, "NotFound", "There is no endpoint of this name.")
        if not self._allowed(endpoint, request.headers.get("authorization")):
            return _refusal(401, "Unauthorized", "key_auth_access_denied: the key is wrong.")
        deployment = self._route(endpoint, request.headers.get(DEPLOYMENT_HEADER))
        if deployment is None:
            return _refusal(404, "NotFound", "No deployment of this endpoint receives traffic.")
        if DEPLOYMENT_HEADER not in request.headers:
            await self._mirror(endpoint, request)
        response = await self._measured(deployment, request)
        response.headers[DEPLOYMENT_HEADER] = deployment.name
        response.headers[SESSION_HEADER] = deployment.name
        response.headers["Server"] = SERVER
        return response

    def _endpoint(self, request: Request) -> Endpoint | None:
        host = request.headers.get("host", "").partition(":")[0]
        found = self._workspace.scoring_host_pattern.fullmatch(host)
        endpoint = self._resources.endpoint(found[1]) if found else None
        return endpoint if endpoint is not None and endpoint.provisioned else None

    def _allowed(self, endpoint: Endpoint, authorization: str | None) -> bool:
        if endpoint.auth_mode == "Key":
            scheme, _, key = (authorization or "").partition(" ")
            keys = (endpoint.primary_key, endpoint.secondary_key)
            return scheme.lower() == "bearer" and any(
                hmac.compare_digest(key.encode(), candidate.encode()) for candidate in keys
            )
        try:
            audiences = SCORING_AUDIENCES
            if endpoint.auth_mode == "AMLToken":
                audiences = (self._workspace.scoring_host(endpoint.name),)
            self._tokens.check(authorization, audiences)
        except InvalidToken:
            return False
        return True

    def _route(self, endpoint: Endpoint, chosen: str | None) -> Deployment | None:
        """The deployment that the header names, or one drawn by the traffic's weights."""
        if chosen is None:
            chosen = draw(endpoint.traffic, DRAW)
        if chosen is None:
            return None
        deployment = self._resources.deployment(endpoint.name, chosen)
        if deployment is None or deployment.provisioning_state == "Deleting":
            return None
        return deployment

    async def _mirror(self, endpoint: Endpoint, request: Request) -> None:
        """Send a share of the requests to the mirror as well; nobody gets its answers.

        The copy is a task of its own: the caller neither waits for it nor sees it fail.
        """
        for name, share in endpoint.mirror_traffic.items():
            deployment = self._resources.deployment(endpoint.name, name)
            if deployment is None or DRAW.random() * 100 >= share:
                continue
            await request.body()  # read once: the copy needs it after the caller has gone
            task = asyncio.create_task(self._measured(deployment, request))
            self._mirrored.add(task)
            task.add_done_callback(self._mirrored.discard)

    async def _measured(self, deployment: Deployment, request: Request) -> Response:
        """The deployment's answer, or the refusal to ask it; either counts in its metrics."""
        started = time.monotonic()
        container = self._fleet.container(deployment.endpoint, deployment.name)
        if container is None:
            response: Response = _refusal(503, "ServiceUnavailable", "The container is not up.")
        elif container.in_flight >= concurrency_limit(deployment):
            response = _refusal(429, "TooManyRequests", "Too many pending requests.")
        else:
            response = await self._ask(container, deployment, request)
        self._samples.observe(
            deployment.endpoint,
            deployment.name,
            self._clock.minute(),
            Outcome(response.status_code, _model_status(response)),
            (time.monotonic() - started) * 1000,
        )
        return response

    async def _ask(
        self, container: Container, deployment: Deployment, request: Request
    ) -> Response:
        limit = request_timeout(deployment).total_seconds()
        kept = [item for item in request.headers.items() if item[0] not in NOT_FORWARDED]
        try:
            with container.asked():
                async with asyncio.timeout(limit):
                    answer = await self._client.request(
                        request.method,
                        f"http://{HOST}:{container.port}{request.url.path}",
                        params=request.url.query.encode(),
                        content=await request.body(),
                        headers=kept,
                    )
        except TimeoutError:
            return _refusal(408, "RequestTimeout", "The model took longer than request_timeout_ms.")
        except httpx.TransportError as error:
            return _refusal(502, "BadGateway", f"The container did not answer: {error}")
        media_type = answer.headers.get("content-type")
        passed = {name: text for name, text in answer.headers.items() if name in PASSED_ON}
        if answer.status_code == 200:
            return Response(answer.content, media_type=media_type, headers=passed)
        headers = {
            **passed,
            MODEL_STATUS: str(answer.status_code),
            "ms-azureml-model-error-reason": answer.reason_phrase or "model_error",
        }
        return Response(answer.content, 424, media_type=media_type, headers=headers)


def draw(traffic: Mapping[str, int], chance: random.Random) -> str | None:
    """One deployment by chance, weighted by its share; None when nobody has a share."""
    weights = {name: share for name, share in traffic.items() if share > 0}
    return chance.choices(list(weights), list(weights.values()))[0] if weights else None


def request_timeout(deployment: Deployment) -> dt.timedelta:
    text = (deployment.properties.get("requestSettings") or {}).get("requestTimeout")
    return DURATION.validate_python(text) if text else DEFAULT_TIMEOUT


def concurrency_limit(deployment: Deployment) -> int:
    settings = deployment.properties.get("requestSettings") or {}
    concurrent = int(settings.get("maxConcurrentRequestsPerInstance") or 1)
    return QUEUE_FACTOR * concurrent * deployment.instances


def _model_status(response: Response) -> int | None:
    """What the container answered; None when it was not asked or did not answer."""
    if response.status_code == 200:
        return 200
    status = response.headers.get(MODEL_STATUS)
    return int(status) if status else None


def _refusal(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status)
