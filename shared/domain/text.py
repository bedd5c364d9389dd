"""What people write: text that every service takes and shows as it is."""

import math
import re
import sys
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator

DEEPEST = 20
"""Levels of lists and objects in a JSON value."""
_LINES = "\t\r\n"
_TURNING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters, line and paragraph ends, and what turns the direction of the text around."""
_SEEN = re.compile(
    "[^\\s\xa0\xad\u034f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200d\u202f"
    "\u205f-\u2065\u206a-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\U000e0000-\U000e0fff]"
)
"""A character that shows something. `slipway.is_line` has the same two, held together by a test."""


def _plain(text: str) -> str:
    if any(unicodedata.category(each) in ("Cc", "Cs") and each not in _LINES for each in text):
        raise ValueError("use no control characters but tabs and line breaks")
    return text


def _line(text: str) -> str:
    if _TURNING.search(_plain(text)):
        raise ValueError("use one line, without characters that turn the text's direction")
    if not _SEEN.search(text):
        raise ValueError("use at least one character that can be seen")
    return unicodedata.normalize("NFC", text)


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
            case int() as number if abs(number) > sys.float_info.max:
                raise ValueError("use no number that is greater than 1.8e308")
    return value


Text = Annotated[str, AfterValidator(_plain)]
"""No control characters but tabs and line breaks, no lone surrogates."""
Line = Annotated[str, AfterValidator(_line)]
"""For names: one line with something to see on it, in Unicode's form NFC."""
PlainJson = Annotated[dict[str, Any], AfterValidator(_plain_json)]
"""A JSON object whose every text is a Text."""
