"""What people write: text that every service takes and shows as it is."""

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator

_LINES = "\t\r\n"


def _plain(text: str) -> str:
    if any(unicodedata.category(each) in ("Cc", "Cs") and each not in _LINES for each in text):
        raise ValueError("use no control characters but tabs and line breaks")
    return text


def _plain_json(value: dict[str, Any]) -> dict[str, Any]:
    """Keys and texts at every depth, without recursion: a caller chooses the depth."""
    waiting: list[Any] = [value]
    while waiting:
        match waiting.pop():
            case dict() as members:
                waiting += [*members, *members.values()]
            case list() as items:
                waiting += items
            case str() as text:
                _plain(text)
            case float() as number if number - number != 0:
                raise ValueError("use no NaN and no infinity")
    return value


Text = Annotated[str, AfterValidator(_plain)]
"""No control characters but tabs and line breaks, no lone surrogates."""
PlainJson = Annotated[dict[str, Any], AfterValidator(_plain_json)]
"""A JSON object whose every text is a Text."""
