"""One hostile file: how it is made, what kind of attack it is, and which layer must refuse it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Reaction = Literal["scan", "values"]


@dataclass(frozen=True)
class Case:
    """`reaction`: "scan" where the bytes alone are refused, "values" where the loaded model is."""

    name: str
    kind: str
    make: Callable[[], bytes]
    reaction: Reaction = "scan"

    @cached_property
    def data(self) -> bytes:
        """The file, made when it is first asked for."""
        return self.make()


def fixed(name: str, kind: str, data: bytes) -> Case:
    """A case whose bytes are at hand already."""
    return Case(name, kind, lambda: data)
