"""Before any ARM route: the bearer token, the api-version, and the headers that every reply has."""

import time

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from devstack.azureml_emulator.arm.errors import BY_THE_GATEWAY, ArmError, answer_arm_error
from devstack.azureml_emulator.arm.manners import JSON, reply_headers
from devstack.azureml_emulator.arm.rules import check_api_version
from devstack.azureml_emulator.tokens import ARM_AUDIENCES, InvalidToken, Tokens
from devstack.azureml_emulator.workspace import LOGIN_HOST, Workspace


class Gate:
    def __init__(self, app: ASGIApp, tokens: Tokens, workspace: Workspace) -> None:
        self._app = app
        self._tokens = tokens
        self._workspace = workspace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        started = time.monotonic()

        async def with_manners(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                status, path = message["status"], request.url.path
                by_arm = BY_THE_GATEWAY.items() <= dict(headers).items()
                own = reply_headers(request.method, path, status, started, self._workspace, by_arm)
                headers.update(own)
                if headers.get("content-type") == "application/json":
                    headers["Content-Type"] = JSON
            await send(message)

        try:
            self._check(request)
        except ArmError as error:
            error.headers = {**(error.headers or {}), **BY_THE_GATEWAY}
            response = await answer_arm_error(request, error)
            await response(scope, receive, with_manners)
        else:
            await self._app(scope, receive, with_manners)

    def _check(self, request: Request) -> None:
        try:
            self._tokens.check(request.headers.get("authorization"), ARM_AUDIENCES)
        except InvalidToken as error:
            code = "InvalidAuthenticationToken"
            if "authorization" not in request.headers:
                code = "AuthenticationFailed"
            elif "expired" in str(error):
                code = "ExpiredAuthenticationToken"
            authority = f"https://{LOGIN_HOST}/{self._workspace.tenant_id}"
            challenge = f'Bearer authorization_uri="{authority}", error="invalid_token"'
            raise ArmError(401, code, str(error), headers={"WWW-Authenticate": challenge}) from None
        check_api_version(request.query_params.get("api-version"))
