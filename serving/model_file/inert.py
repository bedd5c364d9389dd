"""Placeholders for what a model drags along and predicts without: search spaces, scorers.

Whatever the file says of them is taken and forgotten; nothing of it is called.
"""

from typing import Any, Self


class Inert:
    """An object of a class that was not loaded. `module` and `name` say which."""

    module = ""
    name = ""

    def __new__(cls, *_: Any, **__: Any) -> Self:
        return super().__new__(cls)

    def __init__(self, *_: Any, **__: Any) -> None:
        """Takes anything, keeps nothing."""

    def __setstate__(self, _: Any) -> None:
        """Takes anything, keeps nothing."""

    def __setitem__(self, _: Any, __: Any) -> None:
        """Takes anything, keeps nothing."""

    def __getattr__(self, name: str) -> "Inert":
        """Another placeholder, for a method that a search space refers to."""
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert()

    def append(self, _: Any) -> None:
        """Takes anything, keeps nothing."""

    def extend(self, _: Any) -> None:
        """Takes anything, keeps nothing."""


def inert(module: str, name: str) -> type[Inert]:
    """A placeholder for this class or function."""
    return type("Inert", (Inert,), {"module": module, "name": name})
