"""Every error code that the product can show, and its HTTP statuses, as the sources say it.

A code counts where an error is made: `raise EndpointVanished`, `Conflict(..., code="not_active")`,
`refused("model_unsafe", ...)`, `{"code": "deadline_exceeded"}`. A class that is only inherited
from shows no code of its own.
"""

import ast
import importlib
import inspect
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from shared.errors import ModelRefused, SlipwayError, TransientError, UserFacingError

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("api", "activities", "orchestrators", "shared")
ENDPOINT = ROOT / "serving"
MODEL_REFUSALS = {"refused", "Refusal", "Failed", "NotServable"}
"""Their first argument is a code of shared/adapters/conversion/refusals.py."""
ENDPOINT_REPLIES = {"BadRequest"}
"""Of serving/, which runs inside the endpoint and imports nothing else of Slipway."""

Shown = tuple[str, int | None]
"""A code and its status; None where it is never a reply."""


def shown_codes() -> dict[str, set[int]]:
    """Code to statuses, over all sources."""
    classes = error_classes()
    found: defaultdict[str, set[int]] = defaultdict(set)
    for source in sources():
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            for code, status in codes_of(node, classes):
                found[code].update([status] if status else [])
    return dict(found)


def sources() -> list[Path]:
    rooms = [*(ROOT / room for room in ROOMS), ENDPOINT]
    return sorted(file for room in rooms for file in room.rglob("*.py"))


def error_classes() -> dict[str, Shown]:
    """Class name to what it shows when it is given no other code."""
    for room in ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            importlib.import_module(module.name)
    return {
        error.__name__: _own(error)
        for root in (UserFacingError, TransientError)
        for error in _tree(root)
    }


def codes_of(node: ast.AST, classes: dict[str, Shown]) -> Iterator[Shown]:
    """What this piece of code makes an error show."""
    match node:
        case ast.Call(func=ast.Name(id=name), keywords=keywords) if name in classes:
            own, status = classes[name]
            code = next((keyword.value for keyword in keywords if keyword.arg == "code"), own)
            if literal := _text(code):
                yield literal, status
        case ast.Call(func=ast.Name(id="Failed"), keywords=keywords):
            for keyword in keywords:
                if keyword.arg == "code" and (literal := _text(keyword.value)):
                    yield literal, None
        case ast.Raise(exc=ast.Name(id=name)) if name in classes:
            yield classes[name]
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in MODEL_REFUSALS:
            if literal := _text(first):
                yield literal, ModelRefused.status
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in ENDPOINT_REPLIES:
            if literal := _text(first):
                yield literal, HTTPStatus.UNPROCESSABLE_ENTITY
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(value, ast.Name) and value.id in classes:
                    yield classes[value.id]
                elif _text(key) == "code" and (literal := _text(value)):
                    yield literal, None


def _tree(root: type[SlipwayError]) -> Iterator[type[SlipwayError]]:
    yield root
    for child in root.__subclasses__():
        yield from _tree(child)


def _own(error: type[SlipwayError]) -> Shown:
    if issubclass(error, UserFacingError):
        return error.code, error.status
    default = inspect.signature(TransientError).parameters["code"].default
    return default, HTTPStatus.SERVICE_UNAVAILABLE


def _text(value: object) -> str | None:
    if isinstance(value, ast.Constant):
        value = value.value
    return value if isinstance(value, str) else None
