"""One callable that pickles may call while they are loaded."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from serving.model_file.shapes import Shape
from serving.model_file.symbols import Made

ByCall = True
"""REDUCE; False is NEWOBJ."""


def itself(made: Made) -> object:
    return made


class Call(NamedTuple):
    """What the arguments look like, and the state that may follow."""

    why: str
    """Why it can do no harm, in one sentence."""
    arguments: Shape
    state: Callable[[Made], bool] | None = None
    """Of the made object, whose `state` is set; None: it is given no state."""
    ways: frozenset[bool] = frozenset({ByCall})
    holds: Literal["", "items", "pairs"] = ""
    """What may be put into the object afterwards."""
    symbol: Callable[[Made], object] = itself
    """What stands for the result from here on."""
