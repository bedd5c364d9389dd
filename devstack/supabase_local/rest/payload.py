"""The JSON body of a write: checked here, read by PostgreSQL."""

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from devstack.supabase_local.rest.errors import RestError, invalid_body, not_there

# PostgreSQL has no character for these.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_ELSEWHERE = (
    "text/csv",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    "text/plain",
    "text/xml",
)


@dataclass(frozen=True)
class Payload:
    text: str
    """As it was sent: PostgreSQL reads it itself, so that numbers keep their digits."""
    value: Any
    is_list: bool

    def keys(self) -> tuple[str, ...]:
        """Of its objects. Raises PGRST102 when they differ."""
        objects = self.value if self.is_list else [self.value]
        keys = tuple(objects[0]) if objects else ()
        if any(set(one) != set(keys) for one in objects):
            raise invalid_body("All object keys must match")
        return keys


def parse_payload(body: bytes, content_type: str | None) -> Payload:
    """An object or a list of objects. Raises PGRST102."""
    media_type = (content_type or "application/json").partition(";")[0].strip().lower()
    if media_type in _ELSEWHERE:
        raise not_there(f"A body of type {media_type}")
    if media_type not in (
        "application/json",
        "application/vnd.pgrst.array+json",
        "application/vnd.pgrst.object+json",
    ):
        raise RestError(415, "PGRST102", f"Content-Type not acceptable: {media_type}")
    try:
        text = body.decode() or "{}"
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise invalid_body("Empty or invalid json") from None
    objects = value if isinstance(value, list) else [value]
    if not all(isinstance(one, dict) for one in objects):
        raise invalid_body("The body must be a JSON object or an array of objects")
    if any(_UNSTORABLE.search(key) for one in objects for key in one):
        raise RestError(400, "22P05", "unsupported Unicode escape sequence")
    return Payload(text, value, isinstance(value, list))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
