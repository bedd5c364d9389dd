"""How every storage endpoint reads JSON and tells its failures."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import psycopg
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from devstack.supabase_local import limits
from devstack.supabase_local.access import AccessDeniedError
from devstack.supabase_local.documents import parse_document
from devstack.supabase_local.storage.errors import (
    StorageError,
    access_denied,
    from_postgres,
    invalid_request,
    not_there,
    too_large,
)

Endpoint = Callable[[Request], Awaitable[Response]]
Body = TypeVar("Body", bound=BaseModel)


def answering(endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except StorageError as error:
            return error.response()
        except AccessDeniedError as denied:
            if denied.code is None:
                return JSONResponse({"message": denied.message, "hint": denied.hint}, 401)
            return access_denied(denied.message).response()
        except PoolTimeout:
            return StorageError(
                544, "DatabaseTimeout", "The connection to the database timed out"
            ).response()
        except psycopg.Error as error:
            return from_postgres(error).response()

    return answer


def refuse_versions(*named: object) -> None:
    """Raises a 501 for a request that names one version of an object, or lists versions."""
    if any(named):
        raise not_there("Object versioning")


async def read_body(request: Request, kind: type[Body]) -> Body:
    try:
        body = await limits.read_body(request, limits.MOST_DOCUMENT)
    except limits.TooLargeError:
        raise too_large() from None
    try:
        return kind.model_validate(parse_document(body or b"{}"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, ValidationError):
            raise _wrong("body", error) from None
        raise invalid_request("Body is not valid JSON") from None


def read_query(request: Request, kind: type[Body]) -> Body:
    try:
        return kind.model_validate(dict(request.query_params))
    except ValidationError as error:
        raise _wrong("querystring", error) from None


def _wrong(where: str, error: ValidationError) -> StorageError:
    place = ".".join(map(str, error.errors()[0]["loc"]))
    return invalid_request(f"{where}/{place} {error.errors()[0]['msg']}")
