"""How every auth endpoint demands its key and tells its failures."""

from collections.abc import Awaitable, Callable

import psycopg
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from devstack.supabase_local.access import SERVICE_ROLE, Access, AccessDeniedError, bearer_token
from devstack.supabase_local.auth.errors import (
    VERSION_HEADER,
    AuthError,
    not_admin,
    validation_failed,
)

Endpoint = Callable[[Request], Awaitable[Response]]


def demand_admin(access: Access, request: Request) -> None:
    if access.caller(request.headers).role != SERVICE_ROLE:
        raise not_admin()


def answering(access: Access, endpoint: Endpoint) -> Endpoint:
    """Demands an API key, and tells failures in the auth service's way.

    A bearer token is looked at only by routes that ask who is signed in: clients send their
    expired one along when they refresh it.
    """

    async def answer(request: Request) -> Response:
        version = request.headers.get(VERSION_HEADER)
        try:
            access.role_of_api_key(request.headers)
            return await endpoint(request)
        except AuthError as error:
            return error.response(version)
        except AccessDeniedError as denied:
            if bearer_token(request.headers) is None or denied.code is None:
                return JSONResponse({"message": denied.message, "hint": denied.hint}, 401)
            message = f"invalid JWT: unable to parse or verify signature, {denied.message}"
            return AuthError(403, "bad_jwt", message).response(version)
        except psycopg.DataError as error:
            return validation_failed(error.diag.message_primary or str(error)).response(version)
        except psycopg.OperationalError:
            return AuthError(
                503, "unexpected_failure", "The database does not answer at the moment"
            ).response(version)

    return answer
