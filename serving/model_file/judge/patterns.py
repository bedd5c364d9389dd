"""Regular expressions of a model: none whose search could take for ever."""

from __future__ import annotations

import re
import re._constants as constants
import re._parser as parser
from typing import Any

from serving.model_file.judge.unfit import Path, shown, unfit

LONGEST = 500
_REPEATS = (constants.MAX_REPEAT, constants.MIN_REPEAT)
_FEW = 2
"""Repeats of so many at most are no danger inside others."""


def check_pattern(pattern: str, path: Path) -> None:
    """Refuse a pattern that is no pattern, or that repeats what repeats."""
    if len(pattern) > LONGEST:
        raise unfit(path, f"a pattern of more than {LONGEST} characters")
    try:
        parsed = parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        raise unfit(path, f"{shown(pattern)}: not a regular expression") from None
    if _repeats_repeats(parsed, inside=False):
        raise unfit(path, f"{shown(pattern)}: repeats what repeats, which may never end")


def _repeats_repeats(parsed: Any, *, inside: bool) -> bool:
    for kind, argument in parsed:
        repeat = kind in _REPEATS and argument[1] > _FEW
        if repeat and inside:
            return True
        parts = argument if isinstance(argument, (tuple, list)) else ()
        for part in parts:
            nested = part if isinstance(part, list) else [part]
            for one in nested:
                if isinstance(one, parser.SubPattern) and _repeats_repeats(
                    one, inside=inside or repeat
                ):
                    return True
    return False
