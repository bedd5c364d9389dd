"""A request's body as rows of the model: every accepted shape, every mistake named.

Rows: {"data": [...]}, {"input_data": [...]}, {"instances": [...]}, {"inputs": [...]} and
{"dataframe_records": [...]}, each row an object, a list, or, where the model has one column, a bare
value; {"inputs": {column: [values]}}; {"data" or "input_data" or "dataframe_split": {"columns":
[...], "data": [[...]], "index": [...]}}, whose index is ignored. Beside them only {"params":
{"method": ..., "extra_columns": "refuse" or "ignore"}}. Rows count from 1.
"""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

from serving.description import Description
from serving.mistakes import BadRequest
from serving.open_rows import open_rows
from serving.rows import RowReader, Rows

MAX_ROWS = 10_000
MAX_BODY_BYTES = 32 << 20

SPLIT_KEYS = ("data", "input_data", "dataframe_split")
ROW_KEYS = ("data", "input_data", "dataframe_split", "dataframe_records", "instances", "inputs")
PARAMS = ("method", "extra_columns")
SHAPE = 'Send {"data": [{"column": value, ...}]} or {"input_data": [[...]]}.'


@dataclass(frozen=True)
class Request:
    """What is asked of the model."""

    rows: Rows
    """Cells as serving.cells makes them, in the order of the model's columns; None is missing."""
    method: str = "predict"


class Sent(NamedTuple):
    """Rows as they were sent; `names`: what the values of a list are, None for the model's own."""

    names: list[str] | None
    rows: list[Any]


def parse(body: bytes, description: Description) -> Request:
    """The request in `body`, or BadRequest, which names the row and the column where it can."""
    check_size(len(body))
    payload = _json(body)
    key = _row_key(payload)
    method, ignore = _params(payload.get("params"), description)
    sent = _sent(key, payload[key])
    if len(sent.rows) > MAX_ROWS:
        message = f"{len(sent.rows)} rows; the limit is {MAX_ROWS} a request."
        raise BadRequest("too_many_rows", message)
    if description.open:
        lists = description.input != "records"
        return Request(open_rows(sent.rows, sent.names, lists=lists), method)
    return Request(RowReader(description, sent.names, ignore).rows(sent.rows), method)


def check_size(count: int) -> None:
    if count > MAX_BODY_BYTES:
        message = f"The body is {count} bytes; the limit is {MAX_BODY_BYTES}."
        raise BadRequest("too_large", message, status=413)


def _json(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode("utf-8-sig"), parse_constant=_no_constant, object_pairs_hook=_object
        )
    except UnicodeDecodeError as error:
        raise BadRequest("not_json", f"The body is not UTF-8: byte {error.start}.") from None
    except json.JSONDecodeError as error:
        raise BadRequest("not_json", f"The body is not JSON: {error}") from None
    except RecursionError:
        raise BadRequest("not_json", "The body is nested too deeply.") from None
    except BadRequest:
        raise
    except ValueError:  # Python's own bound for integers
        raise BadRequest("not_json", "The body holds a number of too many digits.") from None


def _no_constant(constant: str) -> None:
    message = f"The body is not JSON: {constant} is not allowed; use null for a missing value."
    raise BadRequest("not_json", message)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise BadRequest("wrong_shape", f"An object names {_quoted(twice)} twice.")
    return found


def _row_key(payload: Any) -> str:
    if not isinstance(payload, dict):
        raise BadRequest("wrong_shape", SHAPE)
    found = [key for key in ROW_KEYS if key in payload]
    unknown = [key for key in payload if key not in ROW_KEYS and key != "params"]
    if not found:
        told = f" There is no key {_quoted(unknown[0])} at the top." if unknown else ""
        raise BadRequest("wrong_shape", SHAPE + told)
    if unknown:
        name = unknown[0]
        hint = f'only {_quoted(found[0])} and "params" may stand there.'
        if name in PARAMS:
            hint = f'put it into "params": {{"{found[0]}": ..., "params": {{"{name}": ...}}}}.'
        message = f"There is no key {_quoted(name)} at the top; {hint}"
        raise BadRequest("unknown_key", message)
    if len(found) > 1:
        named = " and ".join(_quoted(key) for key in found)
        raise BadRequest("wrong_shape", f"The rows are sent twice, as {named}; send one of them.")
    return found[0]


def _params(params: Any, description: Description) -> tuple[str, bool]:
    """(the method, whether extra columns are ignored)."""
    if params is None:
        params = {}
    if not isinstance(params, dict):
        raise BadRequest("wrong_shape", '"params" is not an object.')
    for name in params:
        if name not in PARAMS:
            allowed = " and ".join(_quoted(each) for each in PARAMS)
            message = f'There is no {_quoted(name)} in "params"; it takes {allowed}.'
            raise BadRequest("unknown_param", message)
    extra = params.get("extra_columns", "refuse")
    if extra not in ("refuse", "ignore"):
        message = f'"extra_columns" is "refuse" or "ignore", not {_quoted(extra)}.'
        raise BadRequest("bad_param", message)
    method = params.get("method", "predict")
    if method not in description.methods:
        has = ", ".join(description.methods)
        raise BadRequest("unknown_method", f"This model has no {_quoted(method)}; it has: {has}.")
    return method, extra == "ignore"


def _sent(key: str, value: Any) -> Sent:
    if isinstance(value, list) and key != "dataframe_split":
        return Sent(None, value)
    if isinstance(value, dict) and key in SPLIT_KEYS:
        return _of_split(key, value)
    if isinstance(value, dict) and key == "inputs":
        return _of_columns(value)
    wanted = "an object with columns and data" if key == "dataframe_split" else "a list"
    raise BadRequest("wrong_shape", f'The rows in "{key}" are not {wanted}. {SHAPE}')


def _of_split(key: str, table: dict[str, Any]) -> Sent:
    for name in table:
        if name not in ("columns", "data", "index"):
            message = f'"{key}" is not a list of rows, and an object there holds columns and data'
            raise BadRequest("wrong_shape", f"{message}, not {_quoted(name)}. {SHAPE}")
    names, rows = table.get("columns"), table.get("data")
    if not isinstance(rows, list):
        raise BadRequest("wrong_shape", f"The rows are not a list. {SHAPE}")
    if names is None or _are_positions(names):
        return Sent(None, rows)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadRequest("wrong_shape", '"columns" is not a list of names.')
    return Sent(names, rows)


def _are_positions(names: Any) -> bool:
    """Whether these are what pandas calls the columns of a frame that has no names."""
    if not isinstance(names, list) or any(type(name) is not int for name in names):
        return False
    return bool(names) and names == list(range(len(names)))


def _of_columns(columns: dict[str, Any]) -> Sent:
    counts: dict[str, int] = {}
    for name, values in columns.items():
        if not isinstance(values, list):
            message = f"The values of column {_quoted(name)} are not a list."
            raise BadRequest("wrong_shape", message, column=name[:100])
        counts[name] = len(values)
        if len(values) != (first := next(iter(counts.values()))):
            message = f"Column {_quoted(name)} has {len(values)} values, those before it {first}."
            raise BadRequest("wrong_length", message, column=name[:100])
    if next(iter(counts.values()), 0) > MAX_ROWS:
        message = f"{next(iter(counts.values()))} rows; the limit is {MAX_ROWS} a request."
        raise BadRequest("too_many_rows", message)
    return Sent(list(columns), [list(row) for row in zip(*columns.values(), strict=True)])


def _quoted(value: Any) -> str:
    """A name or another small value as JSON, bounded."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    return json.dumps(value)[:100]
