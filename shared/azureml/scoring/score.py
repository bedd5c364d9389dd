"""Runs inside the endpoint: answers predictions for the one model beside it. Imports no Slipway.

Accepts {"data": [{column: value}]}, {"data": [[...]]}, {"input_data": [[...]]} and
{"input_data": {"columns": [...], "data": [[...]]}}; replies a bare JSON list, one item a row.
What a caller got wrong is 400 with {"error": {code, message, row, column}}; rows count from 1.
Numbers must be finite; null is a missing value, for models that accept them.
"""

import json
import logging
import math
import os
import pickle
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import yaml
from azureml_inference_server_http.api.aml_request import rawhttp
from azureml_inference_server_http.api.aml_response import AMLResponse
from inference_schema.parameter_types.abstract_parameter_type import AbstractParameterType
from inference_schema.schema_decorators import input_schema, output_schema

MAX_ROWS = 10_000
MAX_BODY_BYTES = 32 << 20

Types = dict[str, str]
Record = dict[str, Any]
Rows = list[list[Any]]

log = logging.getLogger("slipway.score")
served: "Served | None" = None


class BadRequest(ValueError):
    """The caller's mistake, said so that it can be mended."""

    def __init__(
        self,
        code: str,
        message: str,
        row: int | None = None,
        column: str | None = None,
        status: int = 400,
    ) -> None:
        super().__init__(message)
        self.status = status
        where = {"row": row, "column": column}
        known = {key: value for key, value in where.items() if value is not None}
        self.body = {"error": {"code": code, "message": message, **known}}


def init() -> None:
    """Load the model once a process; the server ends when this fails, and the log says why."""
    global served
    served = Served.load(Path(os.environ["AZUREML_MODEL_DIR"]))
    describe(served)
    log.info("Serving %s, columns: %s", type(served.model).__name__, ", ".join(served.types))


@rawhttp  # type: ignore[untyped-decorator]
def run(request: Any) -> AMLResponse:
    if request.method != "POST":
        return reply({"error": {"code": "method_not_allowed", "message": "Use POST."}}, 405)
    assert served is not None  # noqa: S101
    try:
        return reply(served.predict(rows_of(request.get_data(), served.types)), 200)
    except BadRequest as mistake:
        return reply(mistake.body, mistake.status)


def reply(content: Any, status: int) -> AMLResponse:
    return AMLResponse(content, status, json_str=True)


class Served:
    """The model, and its columns: {name: "double" | "string" | "boolean"} in training order."""

    def __init__(self, model: Any, types: Types, example: Record) -> None:
        self.model = model
        self.types = types
        self.example = example
        self.knows_names = getattr(model, "feature_names_in_", None) is not None
        texts = list(types.values()) == ["string"]
        self.takes_texts = texts and not hasattr(model, "n_features_in_")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """From the MLflow folder at or below `folder`; the pickle was scanned before it came."""
        found = sorted(folder.rglob("MLmodel"))
        if len(found) != 1:
            raise FileNotFoundError(f"{len(found)} MLmodel files below {folder}, expected one")
        described = yaml.safe_load(found[0].read_text("utf-8"))
        inputs = json.loads(described["signature"]["inputs"])
        example = json.loads((found[0].parent / "input_example.json").read_text("utf-8"))
        import sklearn._loss._loss  # noqa: F401  some releases pickle it as the module _loss

        with (found[0].parent / described["flavors"]["sklearn"]["pickled_model"]).open("rb") as f:
            model = pickle.load(f)  # noqa: S301
        types = {column["name"]: column["type"] for column in inputs}
        return cls(model, types, dict(zip(types, example["data"][0], strict=True)))

    def predict(self, rows: Rows) -> list[Any]:
        """JSON values, one a row."""
        if not rows:
            return []
        try:
            return plain(self.model.predict(self.table(rows)))
        except MemoryError:
            raise
        except Exception as refusal:  # whatever a model's own code may raise on an odd row
            raise self.blame(rows, refusal) from refusal

    def table(self, rows: Rows) -> Any:
        """The rows as the estimator was trained on them."""
        if self.takes_texts:
            return [row[0] for row in rows]
        if not self.knows_names and set(self.types.values()) == {"double"}:
            return np.array(rows, dtype=float)
        names = list(self.types) if self.knows_names else list(range(len(self.types)))
        columns = zip(names, self.types.values(), zip(*rows, strict=True), strict=True)
        return pd.DataFrame({name: self.series(kind, cells) for name, kind, cells in columns})

    @staticmethod
    def series(kind: str, cells: tuple[Any, ...]) -> "pd.Series[Any]":
        if kind == "boolean":
            return pd.Series(cells, dtype=object).infer_objects()
        return pd.Series(cells, dtype=float if kind == "double" else object)

    def blame(self, rows: Rows, refusal: Exception) -> BadRequest:
        """Name the first row that the model refuses, and its column, in about log2 of both tries.

        The row is compared with the example, which was answered when the model was loaded.
        """
        row, refusal = self.first_refused(len(rows), lambda start, end: rows[start:end], refusal)
        bad = rows[row]
        good = [_cell(1, name, kind, self.example[name]) for name, kind in self.types.items()]
        if not (refused := self.refusal_of([bad])):
            return BadRequest("refused_by_model", f"Row {row + 1}: {refusal}"[:500], row + 1)
        if broken := self.refusal_of([good]):
            message = f"The model refuses even its own example: {broken}"[:500]
            return BadRequest("broken_model", message, status=500)
        column, refused = self.first_refused(
            len(bad), lambda _, end: [bad[:end] + good[end:]], refused
        )
        name, where = list(self.types)[column], f"Row {row + 1}, column"
        if bad[column] is None or bad[column] != bad[column]:
            message = f"{where} {name!r}: this model takes no missing values."
            return BadRequest("missing_value", message, row + 1, name)
        return BadRequest("refused_by_model", f"{where} {name!r}: {refused}"[:500], row + 1, name)

    def first_refused(
        self, count: int, with_those: Callable[[int, int], Rows], refusal: Exception
    ) -> tuple[int, Exception]:
        """Which of `count` things is the first to be refused, where all together are; and why.

        `with_those(start, end)`: what to predict; all before `start` is known to be well.
        """
        first, last = 0, count
        while last - first > 1:
            middle = (first + last) // 2
            if refused := self.refusal_of(with_those(first, middle)):
                last, refusal = middle, refused
            else:
                first = middle
        return first, refusal

    def refusal_of(self, rows: Rows) -> Exception | None:
        try:
            plain(self.model.predict(self.table(rows)))
        except MemoryError:
            raise
        except Exception as refusal:
            return refusal
        return None


def rows_of(body: bytes, types: Types) -> Rows:
    """The body's rows as lists of values in training order. BadRequest names row and column."""
    if len(body) > MAX_BODY_BYTES:
        message = f"The body is {len(body)} bytes; the limit is {MAX_BODY_BYTES}."
        raise BadRequest("too_large", message, status=413)
    try:
        payload = json.loads(body, parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        raise BadRequest("not_json", f"The body is not JSON: {error}") from None
    names, rows = _unwrapped(payload, types)
    if len(rows) > MAX_ROWS:
        raise BadRequest("too_many_rows", f"{len(rows)} rows; the limit is {MAX_ROWS} a request.")
    order = [names.index(name) for name in types]
    return [_row(number, row, names, order, types) for number, row in enumerate(rows, 1)]


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is not allowed; use null for a missing value")


def _unwrapped(payload: Any, types: Types) -> tuple[list[str], list[Any]]:
    """(column names, rows) from any of the accepted shapes."""
    shape = 'Send {"data": [{"column": value, ...}]} or {"input_data": [[...]]}.'
    if not isinstance(payload, dict) or not {"data", "input_data"} & set(payload):
        raise BadRequest("wrong_shape", shape)
    rows = payload["input_data"] if "input_data" in payload else payload["data"]
    names = list(types)
    if isinstance(rows, dict):
        names, rows = rows.get("columns", names), rows.get("data")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise BadRequest("wrong_shape", '"columns" is not a list of names.')
        _check_names(names, types)
    if not isinstance(rows, list):
        raise BadRequest("wrong_shape", f"The rows are not a list. {shape}")
    return names, rows


def _check_names(names: Collection[str], types: Types, row: int | None = None) -> None:
    where = "" if row is None else f"Row {row}: "
    for name in types:
        if name not in names:
            raise BadRequest("missing_column", f"{where}column {name!r} is missing.", row, name)
    for name in names:
        if name not in types:
            message = f"{where}there is no column {name[:100]!r}."
            raise BadRequest("unknown_column", message, row, name[:100])
    if len(names) != len(types):
        raise BadRequest("wrong_shape", f"{where}a column is named twice.")


def _row(number: int, row: Any, names: list[str], order: list[int], types: Types) -> list[Any]:
    if isinstance(row, dict):
        _check_names(row, types, number)
        cells = [row[name] for name in types]
    elif isinstance(row, list):
        if len(row) != len(names):
            message = f"Row {number} has {len(row)} values; the model takes {len(names)}."
            raise BadRequest("wrong_length", message, number)
        cells = [row[position] for position in order]
    else:
        raise BadRequest("wrong_shape", f"Row {number} is neither an object nor a list.", number)
    columns = zip(types.items(), cells, strict=True)
    return [_cell(number, name, kind, value) for (name, kind), value in columns]


def _cell(row: int, column: str, kind: str, value: Any) -> Any:
    """The value as its column's type: numbers and booleans are numbers, text is text."""
    if value is None:
        return math.nan if kind == "double" else None
    if kind == "string":
        if isinstance(value, str):
            return value
    elif isinstance(value, bool):
        return value if kind == "boolean" else float(value)
    elif kind == "boolean":
        if value in (0, 1) and not isinstance(value, str | list | dict):
            return bool(value)
    elif isinstance(value, int | float):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
        message = f"Row {row}, column {column!r}: the number is too large."
        raise BadRequest("bad_value", message, row, column)
    wanted = {"double": "a number", "string": "text", "boolean": "true or false"}[kind]
    shown = json.dumps(value)[:60]
    message = f"Row {row}, column {column!r}: {shown} is not {wanted}."
    raise BadRequest("bad_value", message, row, column)


def plain(predictions: Any) -> list[Any]:
    """Predictions as JSON values; what is not finite becomes null."""
    values = np.asarray(predictions)
    if values.dtype.kind == "f" and not (finite := np.isfinite(values)).all():
        values = values.astype(object)
        values[~finite] = None
    answers: list[Any] = values.tolist()
    return answers


class Described(AbstractParameterType):  # type: ignore[misc]
    """A schema for the server's /swagger.json, which it generates from the decorators of run."""

    def __init__(self, schema: dict[str, Any]) -> None:
        super().__init__(schema["example"])
        self.schema = schema

    def deserialize_input(self, input_data: Any) -> Any:
        return input_data

    def input_to_swagger(self) -> dict[str, Any]:
        return self.schema


def describe(model: Served) -> None:
    """Register the columns: the decorators are called for that, run itself stays raw."""
    kinds: dict[str, dict[str, Any]] = {
        "double": {"type": "number", "format": "double"},
        "string": {"type": "string"},
        "boolean": {"type": "boolean"},
    }
    row = {
        "type": "object",
        "required": list(model.types),
        "properties": {name: kinds[kind] for name, kind in model.types.items()},
    }
    answer = model.predict(rows_of(json.dumps({"data": [model.example]}).encode(), model.types))
    rows = {"type": "array", "items": row, "example": [model.example]}
    answers = {"type": "array", "items": _json_type(answer[0]), "example": answer}
    input_schema("data", Described(rows))(run)
    output_schema(Described(answers))(run)


def _json_type(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {"type": "array", "items": _json_type(value[0])}
    if isinstance(value, bool):
        return {"type": "boolean"}
    return {"type": "number"} if isinstance(value, int | float) else {"type": "string"}
