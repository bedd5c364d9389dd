"""The body of a write or a call: JSON, CSV or a form, checked here, read by PostgreSQL."""

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from devstack.supabase_local.rest.errors import RestError, invalid_body

JSON, CSV, FORM = "application/json", "text/csv", "application/x-www-form-urlencoded"
WHOLE = ("text/plain", "text/xml", "application/octet-stream")
"""Bodies that only a function with a single unnamed parameter takes."""
# PostgreSQL has no character for these.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Payload:
    text: str
    """JSON, as it was sent: PostgreSQL reads it itself, so that numbers keep their digits."""
    value: Any
    media_type: str = JSON
    pairs: Sequence[tuple[str, str]] | None = None
    """The fields of a form, repeated ones too."""
    whole: bytes = b""

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, list)

    @property
    def objects(self) -> list[dict[str, Any]]:
        return self.value if self.is_list else [self.value]

    def keys(self) -> tuple[str, ...]:
        """Of its objects. Raises PGRST102 when they differ."""
        keys = tuple(self.objects[0]) if self.objects else ()
        if any(set(one) != set(keys) for one in self.objects):
            raise invalid_body("All object keys must match")
        return keys


def parse_payload(
    body: bytes, content_type: str | None, *, of_call: bool = False, columns: bool = False
) -> Payload:
    """An object or a list of objects; a call may do without any. Raises PGRST102.

    A lone number, text or null counts as an empty list, unless the request names `columns`.
    """
    media_type = (content_type or JSON).partition(";")[0].strip().lower()
    if media_type in WHOLE and of_call:
        return Payload("{}", {}, media_type, whole=body)
    if media_type not in (JSON, CSV, FORM):
        raise invalid_body(f"Content-Type not acceptable: {media_type}")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise invalid_body("The body is not UTF-8") from None
    if media_type == CSV:
        return _payload_of(_rows(text), CSV)
    if media_type == FORM:
        pairs = parse_qsl(text, keep_blank_values=True)
        return _payload_of(dict(pairs), FORM, pairs)
    return _json("{}" if of_call and not text.strip() else text, columns=columns)


def _json(text: str, *, columns: bool) -> Payload:
    try:
        # Numbers stay text: only PostgreSQL has to know how large one is.
        value = json.loads(text, parse_constant=_no_constant, parse_int=str)
    except (ValueError, RecursionError):
        raise invalid_body("Empty or invalid json") from None
    if not isinstance(value, dict | list) and not columns:
        return Payload("[]", [])
    payload = Payload(text, value)
    if not all(isinstance(one, dict) for one in payload.objects):
        raise invalid_body("All object keys must match")
    return _checked(payload)


def _rows(text: str) -> list[dict[str, str | None]]:
    """The first line names the columns; a bare NULL is null."""
    lines = [line for line in csv.reader(io.StringIO(text)) if line]
    names, rows = (lines[0], lines[1:]) if lines else ([], [])
    if any(len(row) != len(names) for row in rows):
        raise invalid_body("All lines must have same number of fields")
    return [
        {name: None if field == "NULL" else field for name, field in zip(names, row, strict=True)}
        for row in rows
    ]


def _payload_of(
    value: Any, media_type: str, pairs: Sequence[tuple[str, str]] | None = None
) -> Payload:
    return _checked(Payload(json.dumps(value), value, media_type, pairs))


def _checked(payload: Payload) -> Payload:
    if any(_UNSTORABLE.search(key) for one in payload.objects for key in one):
        raise RestError(400, "22P05", "unsupported Unicode escape sequence")
    return payload


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
