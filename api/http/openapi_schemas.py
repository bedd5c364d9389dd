"""The schemas of the OpenAPI document: of what is sent, of replies, and of every error."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import (
    GenerateJsonSchema,
    JsonSchemaMode,
    SkipJsonSchema,
    models_json_schema,
)
from pydantic_core import core_schema

from shared.domain.status import Status

REF = "#/components/schemas/{model}"
TITLES = {
    400: "The request is malformed.",
    401: "The token is missing or not valid.",
    403: "The token's user may not do this.",
    404: "There is nothing of the caller's under this id.",
    409: "It conflicts with what is there already.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "Fields or rows are not valid, and the message names them; or the model refuses.",
    429: "Too many requests or deployments; see Retry-After.",
    500: "Slipway failed unexpectedly.",
    503: "A service that Slipway needs is out of reach; see Retry-After.",
}


class LivingDeployment(BaseModel):
    id: UUID
    deployment_name: str
    endpoint_name: str
    status: Status


class BatchProblem(BaseModel):
    index: int = Field(description="In the request, from 0.")
    code: str
    message: str
    fix: str


FACTS = ("row", "column", "deployments", "errors")
"""Members that only some errors have."""


def _sometimes(schema: dict[str, Any]) -> None:
    schema["required"] = [name for name in schema["required"] if name not in FACTS]


class ErrorBody(BaseModel):
    model_config = ConfigDict(json_schema_extra=_sometimes)

    code: str = Field(description="Stable; docs/errors.md explains each.")
    message: str
    fix: str = Field(description="What to do about it.")
    request_id: str
    retry_after: int | None = Field(
        description="Seconds, as in Retry-After; null where waiting does not help."
    )
    row: int | None = Field(
        None, description="Of a score request that is wrong: its row, from 1, where it is known."
    )
    column: str | None = Field(None, description="And its column.")
    deployments: list[LivingDeployment] | SkipJsonSchema[None] = Field(
        None, description="Of model_in_use: up to 20 deployments that use the model."
    )
    errors: list[BatchProblem] | SkipJsonSchema[None] = Field(
        None, description="Of batch_refused: each deployment that is refused."
    )


class Error(BaseModel):
    """Every error has this shape."""

    error: ErrorBody


class _WholeReplies(GenerateJsonSchema):
    """A reply holds all its members, whatever their defaults are."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)


def schemas(sent: Iterable[type[BaseModel]], replied: Iterable[type[BaseModel]]) -> dict[str, Any]:
    """By model name. What a sent object may leave out is told in words, not as `default`:

    generators of clients take a member with a default for one that is always there.
    """
    found: dict[str, Any] = {}
    for mode, models in (("validation", sent), ("serialization", replied)):
        found.update(_of(models, mode))  # type: ignore[arg-type]
    return {name: found[name] for name in sorted(found)}


def _of(models: Iterable[type[BaseModel]], mode: JsonSchemaMode) -> dict[str, Any]:
    named = sorted(models, key=lambda model: model.__name__)
    _, found = models_json_schema(
        [(model, mode) for model in named], ref_template=REF, schema_generator=_WholeReplies
    )
    definitions: dict[str, Any] = found["$defs"]
    for schema in definitions.values():
        for member in schema.get("properties", {}).values():
            _tell_default(member, told=mode == "validation")
    return definitions


def _tell_default(member: dict[str, Any], told: bool) -> None:
    default = member.pop("default", None)
    if told and default is not None:
        words = f"{default} when absent."
        member["description"] = " ".join(filter(None, [member.get("description"), words]))


def inlined(field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
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
