"""The API as OpenAPI 3.1, generated from the routes and their pydantic models.

`python -m api.http.openapi` prints it; docs/openapi.json is that output, held equal by a test.
"""

import json
import re
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema, models_json_schema

from api.http.routing import ROUTES, Route
from shared.domain.status import Status

TITLES = {
    400: "The request is malformed.",
    401: "The token is missing or not valid.",
    403: "The token's user may not do this.",
    404: "There is nothing of the caller's under this id.",
    409: "It conflicts with what is there already.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "Fields are not valid; the message names them.",
    424: "The model itself answered with an error.",
    429: "Too many requests or deployments; see Retry-After.",
    500: "Slipway failed unexpectedly.",
    503: "A service that Slipway needs is out of reach; see Retry-After.",
}
ALWAYS = (401, 403, 429, 503)
REF = "#/components/schemas/{model}"


class LivingDeployment(BaseModel):
    id: UUID
    deployment_name: str
    endpoint_name: str
    status: Status


class ErrorBody(BaseModel):
    code: str
    message: str
    fix: str
    request_id: str
    retry_after: int | None = Field(
        description="Seconds, as in Retry-After; null where waiting does not help."
    )

    deployments: list[LivingDeployment] | SkipJsonSchema[None] = Field(
        None, description="Only with model_in_use: up to 20 deployments that use the model."
    )


class Error(BaseModel):
    """Every error has this shape."""

    error: ErrorBody


def document() -> dict[str, Any]:
    models = {model for route in ROUTES for model in (route.reply, route.body) if model} | {Error}
    _, schemas = models_json_schema(
        [(model, "serialization") for model in sorted(models, key=lambda model: model.__name__)],
        ref_template=REF,
    )
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
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
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
    if route.body:
        operation["requestBody"] = {"required": True, "content": _json(route.body)}
    elif route.payload:
        operation["requestBody"] = {
            "required": True,
            "description": route.payload,
            "content": {"application/json": {"schema": {}}},
        }
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
        }
        for name in re.findall(r"{(\w+)", route.path)
    ]
    if route.query:
        schema = route.query.model_json_schema(ref_template=REF)
        parameters += [
            _query_parameter(name, _inlined(field, schema.get("$defs", {})))
            for name, field in schema["properties"].items()
        ]
    if not route.public:
        parameters.append(
            _query_parameter(
                "user_id",
                {
                    "type": "string",
                    "format": "uuid",
                    "description": "For older clients: must be the caller's id.",
                },
            )
        )
    for name, description in route.headers.items():
        parameters.append(
            {
                "name": name,
                "in": "header",
                "description": description,
                "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$"},
            }
        )
    return parameters


def _query_parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _inlined(field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The field without null (a query parameter is there or not) and without references."""
    choices = [choice for choice in field.get("anyOf", []) if choice.get("type") != "null"]
    schema = {
        **(choices[0] if choices else {}),
        **{key: value for key, value in field.items() if key not in ("anyOf", "default", "title")},
    }
    if reference := schema.pop("$ref", None):
        schema = {**definitions[reference.rsplit("/", 1)[-1]], **schema}
    if field.get("default") is not None:
        schema["default"] = field["default"]
    return schema


def _responses(route: Route) -> dict[str, Any]:
    ok: dict[str, Any] = {"description": route.summary}
    if route.reply:
        ok["content"] = _json(route.reply)
    errors = route.errors if route.public else sorted({*route.errors, *ALWAYS})
    return {
        str(route.success): ok,
        **{str(status): _error(status) for status in errors},
        **({"default": {"description": route.passes_on}} if route.passes_on else {}),
    }


def _error(status: int) -> dict[str, Any]:
    return {"description": TITLES[status], "content": _json(Error)}


def _json(model: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": REF.format(model=model.__name__)}
    return {"application/json": {"schema": schema}}


def as_text() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(as_text(), end="")  # noqa: T201
