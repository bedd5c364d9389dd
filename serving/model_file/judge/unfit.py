"""What is said about a value that no model may hold, and where in the model it stands."""

from __future__ import annotations

LONGEST = 500

Path = tuple["Path | None", str]


class Unfit(Exception):
    """A model holds a value that it must not hold. The message names the place."""


def unfit(path: Path | None, reason: str) -> Unfit:
    """The error for the value at `path`: at most 500 characters."""
    parts: list[str] = []
    while path is not None and len(parts) < 12:
        path, part = path
        parts.append(part[:60])
    place = "".join(reversed(parts)).lstrip(".")[-240:] or "the model"
    return Unfit(f"{place}: {reason}"[:LONGEST])


def shown(value: object) -> str:
    """A plain value as text, anything else as its class: never calls the value's own methods."""
    if value is None or type(value) in (bool, float):
        return repr(value)
    if type(value) is int:
        return repr(value) if value.bit_length() <= 64 else "an integer of many digits"
    if type(value) is str:
        return repr(value[:60])
    return f"a {named(type(value))}"


def named(cls: type) -> str:
    """Module and name of a class, read past any metaclass."""
    name = type.__dict__["__qualname__"].__get__(cls)
    return f"{module_of(cls)}.{name}"[:120]


def module_of(cls: type) -> str:
    """The module that a class says it is of ("" where it says nothing)."""
    module = type.__dict__["__module__"].__get__(cls)
    return module if type(module) is str else "builtins"
