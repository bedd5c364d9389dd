"""The server's /swagger.json: the model's columns, what params may hold, and what is answered."""

from collections.abc import Callable
from typing import Any

from inference_schema.parameter_types.abstract_parameter_type import AbstractParameterType
from inference_schema.schema_decorators import input_schema, output_schema

from serving.description import Column, Description

TYPES: dict[str, dict[str, Any]] = {
    "double": {"type": "number", "format": "double"},
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "any": {"description": "The model does not use this column."},
}


class Described(AbstractParameterType):  # type: ignore[misc]
    """A schema for the server's /swagger.json, which it generates from the decorators of run."""

    def __init__(self, schema: dict[str, Any]) -> None:
        super().__init__(schema["example"])
        self.schema = schema

    def deserialize_input(self, input_data: Any) -> Any:
        return input_data

    def input_to_swagger(self) -> dict[str, Any]:
        return self.schema


def describe(run: Callable[..., Any], description: Description, answers: list[Any]) -> None:
    """Register what `run` takes and answers; `answers`: those to the description's example.

    The decorators are called for that only; run itself stays raw.
    """
    input_schema("data", Described(_rows(description)))(run)
    input_schema("params", Described(_params(description)), optional=True)(run)
    output_schema(
        Described({"type": "array", "items": _json_type(answers[0]), "example": answers})
    )(run)


def _rows(description: Description) -> dict[str, Any]:
    row: dict[str, Any] = {
        "type": "object",
        "properties": {column.name: _type(column) for column in description.columns},
    }
    if required := [column.name for column in description.columns if column.required]:
        row["required"] = required  # an empty list is no valid schema
    return {"type": "array", "items": row, "example": [description.example]}


def _type(column: Column) -> dict[str, Any]:
    return dict(TYPES[column.type])


def _params(description: Description) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "method": {"type": "string", "enum": list(description.methods)},
            "extra_columns": {"type": "string", "enum": ["refuse", "ignore"]},
        },
        "example": {"method": "predict"},
    }


def _json_type(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if isinstance(value, list):
        return {"type": "array", "items": _json_type(value[0]) if value else {}}
    if isinstance(value, bool):
        return {"type": "boolean"}
    return {"type": "number"} if isinstance(value, int | float) else {"type": "string"}
