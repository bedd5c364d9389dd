"""Where tokens come from: the managed-identity endpoint, and the service principals' login host."""

import hmac
import time
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from devstack.azureml_emulator.tokens import Tokens
from devstack.azureml_emulator.workspace import LOGIN_HOST, Workspace

CLAIMS = [
    *("sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name"),
    *("msgraph_host", "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username"),
    *("name", "tid", "ver", "at_hash", "c_hash", "email"),
]


class Identity:
    def __init__(self, workspace: Workspace, tokens: Tokens) -> None:
        self._workspace = workspace
        self._tokens = tokens

    def managed_identity_routes(self) -> list[Route]:
        return [Route("/msi/token", self.managed_identity_token)]

    def login_routes(self) -> list[Route]:
        return [
            Route("/{tenant}/oauth2/v2.0/token", self.service_principal_token, methods=["POST"]),
            Route("/{tenant}/v2.0/.well-known/openid-configuration", self.openid_configuration),
            Route("/{tenant}/discovery/v2.0/keys", self.keys),
            Route("/common/discovery/instance", self.instance_discovery),
        ]

    async def managed_identity_token(self, request: Request) -> Response:
        header = request.headers.get("x-identity-header", "")
        if not hmac.compare_digest(header.encode(), self._workspace.identity_header.encode()):
            return _refusal(401, "Unauthorized", "The X-IDENTITY-HEADER header is wrong.")
        resource = request.query_params.get("resource")
        if not resource:
            return _refusal(400, "BadRequest", "The query parameter 'resource' is missing.")
        client_id = request.query_params.get("client_id")
        if client_id and client_id != self._workspace.client_id:
            return _refusal(
                400,
                "BadRequest",
                "No User Assigned or Delegated Managed Identity found for specified ClientId.",
            )
        token, expires = self._tokens.issue(resource)
        return JSONResponse(
            {
                "access_token": token,
                "expires_on": str(expires),
                "resource": resource,
                "token_type": "Bearer",
                "client_id": self._workspace.client_id,
            }
        )

    async def service_principal_token(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        if form.get("grant_type") != "client_credentials":
            return _login_refusal(
                400, "unsupported_grant_type", "AADSTS70003", "Unsupported grant."
            )
        if not self._knows(form):
            return _login_refusal(
                401, "invalid_client", "AADSTS7000215", "Invalid client secret provided."
            )
        audience = form.get("scope", "").removesuffix("/.default")
        token, expires = self._tokens.issue(audience)
        issued_for = expires - int(time.time())
        return JSONResponse(
            {
                "token_type": "Bearer",
                "expires_in": issued_for,
                "ext_expires_in": issued_for,
                "access_token": token,
            }
        )

    def _knows(self, form: Mapping[str, str]) -> bool:
        return form.get("client_id") == self._workspace.client_id and hmac.compare_digest(
            form.get("client_secret", "").encode(), self._workspace.client_secret.encode()
        )

    async def openid_configuration(self, request: Request) -> Response:
        tenant = request.path_params["tenant"]
        authority = f"https://{LOGIN_HOST}/{tenant}"
        return JSONResponse(
            {
                "token_endpoint": f"{authority}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post",
                    "private_key_jwt",
                    "client_secret_basic",
                ],
                "jwks_uri": f"{authority}/discovery/v2.0/keys",
                "response_modes_supported": ["query", "fragment", "form_post"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "issuer": self._tokens.issuer,
                "request_uri_parameter_supported": False,
                "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
                "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{authority}/oauth2/v2.0/devicecode",
                "http_logout_supported": True,
                "frontchannel_logout_supported": True,
                "end_session_endpoint": f"{authority}/oauth2/v2.0/logout",
                "claims_supported": CLAIMS,
                "kerberos_endpoint": f"{authority}/kerberos",
                "tenant_region_scope": "EU",
                "cloud_instance_name": "microsoftonline.com",
                "cloud_graph_host_name": "graph.windows.net",
                "msgraph_host": "graph.microsoft.com",
                "rbac_url": "https://pas.windows.net",
            }
        )

    async def keys(self, _: Request) -> Response:
        return JSONResponse(self._tokens.published_keys())

    async def instance_discovery(self, _: Request) -> Response:
        return JSONResponse(
            {
                "tenant_discovery_endpoint": (
                    f"https://{LOGIN_HOST}/{self._workspace.tenant_id}"
                    "/v2.0/.well-known/openid-configuration"
                ),
                "api-version": "1.1",
                "metadata": [
                    {
                        "preferred_network": LOGIN_HOST,
                        "preferred_cache": LOGIN_HOST,
                        "aliases": [LOGIN_HOST],
                    }
                ],
            }
        )


def _refusal(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"statusCode": status, "code": code, "message": message}, status)


def _login_refusal(status: int, error: str, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": error, "error_description": f"{code}: {message}"}, status)
