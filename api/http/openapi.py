"""The API as OpenAPI 3.1, generated from the routes and their pydantic models.

Written for those who generate clients: what a request may leave out is optional, what a reply holds
is required and null where it says so. `python -m api.http.openapi` prints it; docs/openapi.json is
that output, held equal by a test.
"""

import json
import re
from typing import Any

from pydantic import BaseModel

from api.http.openapi_schemas import REF, TITLES, Error, inlined, schemas
from api.http.routing import ROUTES, Route

ALWAYS = (401, 403, 429, 503)
REQUEST_ID = "The caller's own X-Request-Id, or a new one: the log has it."
HEADERS = {
    "X-Request-Id": {
        "description": REQUEST_ID,
        "required": True,
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "Of this body; send it as If-None-Match.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
}


def document() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        path = "/" + re.sub(r":\w+}", "}", route.path)
        paths.setdefault(path, {})[str(route.method).lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Slipway",
            "version": "1",
            "description": "A trained scikit-learn model, live on Azure ML.",
        },
        "servers": [{"url": "/", "description": "Where this document is served."}],
        "paths": paths,
        "components": {
            "schemas": schemas(
                sent={model for route in ROUTES for model in (route.body, route.payload) if model},
                replied={
                    model for route in ROUTES for model in (route.reply, route.accepted) if model
                }
                | {Error},
            ),
            "headers": HEADERS,
            "securitySchemes": {
                "supabase": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": _parameters(route),
        "responses": _responses(route),
    }
    if not route.public:
        operation["security"] = [{"supabase": []}]
    if sent := route.body or route.payload:
        operation["requestBody"] = {"required": True, "content": _json(sent)}
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    uuid = {"type": "string", "format": "uuid"}
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": uuid}
        for name in re.findall(r"{(\w+)", route.path)
    ]
    if route.query:
        schema = route.query.model_json_schema(ref_template=REF)
        parameters += [
            _parameter("query", name, inlined(field, schema.get("$defs", {})))
            for name, field in schema["properties"].items()
        ]
    if not route.public:
        description = "For older clients: must be the caller's id."
        parameters.append(_parameter("query", "user_id", {**uuid, "description": description}))
    if route.etag:
        schema = {"type": "string", "description": "An ETag: the same body again is 304."}
        parameters.append(_parameter("header", "If-None-Match", schema))
    for name, description in route.headers.items():
        schema = {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$", "description": description}
        parameters.append(_parameter("header", name, schema))
    return parameters


def _parameter(where: str, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in schema.items() if key != "description"}
    found = {"name": name, "in": where, "required": False, "schema": told}
    if "description" in schema:
        found["description"] = schema["description"]
    return found


def _responses(route: Route) -> dict[str, Any]:
    ok: dict[str, Any] = {"description": route.summary, "headers": _headers(route)}
    if route.reply:
        ok["content"] = _json(route.reply)
    same = {"description": "As before.", "headers": _refer("X-Request-Id", "ETag")}
    errors = route.errors if route.public else sorted({*route.errors, *ALWAYS})
    return {
        str(route.success): ok,
        **({"202": _going_on(route.accepted)} if route.accepted else {}),
        **({"304": same} if route.etag else {}),
        **{str(status): _error(status) for status in errors},
        **({"default": {"description": route.passes_on}} if route.passes_on else {}),
    }


def _going_on(model: type[BaseModel]) -> dict[str, Any]:
    location = {"description": "The operation.", "schema": {"type": "string"}}
    return {
        "description": "The work goes on without the caller.",
        "headers": {**_refer("X-Request-Id"), "Location": location},
        "content": _json(model),
    }


def _headers(route: Route) -> dict[str, Any]:
    own = {
        name: {"description": description, "schema": {"type": "string"}}
        for name, description in route.replies.items()
    }
    return {**_refer("X-Request-Id", *(["ETag"] if route.etag else [])), **own}


def _error(status: int) -> dict[str, Any]:
    waits = ["Retry-After"] if status in (429, 503) else []
    return {
        "description": TITLES[status],
        "headers": _refer("X-Request-Id", *waits),
        "content": _json(Error),
    }


def _refer(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _json(model: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": REF.format(model=model.__name__)}
    return {"application/json": {"schema": schema}}


def as_text() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(as_text(), end="")  # noqa: T201
