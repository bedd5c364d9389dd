"""What people write: text that every service takes and shows as it is."""

import math
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator

DEEPEST = 20
"""Levels of lists and objects in a JSON value."""
_LINES = "\t\r\n"


def _plain(text: str) -> str:
    if any(unicodedata.category(each) in ("Cc", "Cs") and each not in _LINES for each in text):
        raise ValueError("use no control characters but tabs and line breaks")
    return text


def _plain_json(value: dict[str, Any]) -> dict[str, Any]:
    """Keys and texts at every depth, without recursion."""
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        found, depth = waiting.pop()
        if depth > DEEPEST:
            raise ValueError(f"nest at most {DEEPEST} levels deep")
        match found:
            case dict() as members:
                waiting += [(each, depth + 1) for each in (*members, *members.values())]
            case list() as items:
                waiting += [(each, depth + 1) for each in items]
            case str() as text:
                _plain(text)
            case float() as number if not math.isfinite(number):
                raise ValueError("use no NaN and no infinity")
    return value


Text = Annotated[str, AfterValidator(_plain)]
"""No control characters but tabs and line breaks, no lone surrogates."""
PlainJson = Annotated[dict[str, Any], AfterValidator(_plain_json)]
"""A JSON object whose every text is a Text."""
