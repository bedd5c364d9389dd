"""What Microsoft's Python worker refuses when it loads a function, refused with its words.

A function's parameters and the bindings that it declares have to agree: names, directions, types.
"""

import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Any

from azure.functions import Out
from azure.functions.decorators.core import BindingDirection
from azure.functions.meta import get_binding_registry

DEFINITION = "the function definition (function.json or function decorators)"
RETURN = "$return"
GENERIC = "generic"


class FunctionLoadError(Exception):
    """The worker would not load this function, and with it none of the app."""

    def __init__(self, function: str, reason: str) -> None:
        super().__init__(f"cannot load the {function} function: {reason}")


def check_function(name: str, call: Callable[..., Any], bindings: list[Any]) -> None:
    """Raises FunctionLoadError unless the bindings fit the function's parameters."""
    try:
        annotations = typing.get_type_hints(call)
    except NameError as error:
        raise FunctionLoadError(name, f"an annotation cannot be resolved: {error}") from error
    bound = {binding.name: binding for binding in bindings if binding.name != RETURN}
    parameters = set(inspect.signature(call).parameters)
    if "context" in parameters and "context" not in bound:
        parameters.discard("context")
        _check_context(name, annotations)
    _check_names(name, parameters, set(bound))
    for parameter in sorted(parameters):
        if parameter in annotations:
            _check_parameter(name, bound[parameter], annotations[parameter])
    returned = next((binding for binding in bindings if binding.name == RETURN), None)
    if returned is not None and "return" in annotations:
        _check_return(name, returned, annotations["return"])


def _check_context(name: str, annotations: Mapping[str, Any]) -> None:
    given = annotations.get("context")
    if given is not None and getattr(given, "__name__", "") != "Context":
        raise FunctionLoadError(
            name,
            'the "context" parameter is expected to be of type azure.functions.Context, got '
            f"{given!r}",
        )


def _check_names(name: str, parameters: set[str], bound: set[str]) -> None:
    if extra := parameters - bound:
        raise FunctionLoadError(
            name,
            f"the following parameters are declared in Python but not in {DEFINITION}: {extra!r}",
        )
    if missing := bound - parameters:
        raise FunctionLoadError(
            name,
            f"the following parameters are declared in {DEFINITION} but not in Python: {missing!r}",
        )


def _check_parameter(name: str, binding: Any, annotation: Any) -> None:
    is_out = annotation is Out or typing.get_origin(annotation) is Out
    binding_is_out = binding.direction == BindingDirection.OUT
    if is_out and len(typing.get_args(annotation)) != 1:
        raise FunctionLoadError(
            name, f"binding {binding.name} has invalid Out annotation {annotation!r}"
        )
    kind = typing.get_args(annotation)[0] if is_out else annotation
    if not isinstance(kind, type) and typing.get_origin(kind) is None:
        raise FunctionLoadError(
            name, f"binding {binding.name} has invalid non-type annotation {annotation!r}"
        )
    if binding_is_out and not is_out:
        raise FunctionLoadError(
            name,
            f'binding {binding.name} is declared to have the "out" direction, but its annotation '
            "in Python is not a subclass of azure.functions.Out",
        )
    if is_out and not binding_is_out:
        raise FunctionLoadError(
            name,
            f'binding {binding.name} is declared to have the "in" direction in {DEFINITION}, but '
            "its annotation is azure.functions.Out in Python",
        )
    if not _fits(binding.type, kind, out=is_out):
        raise FunctionLoadError(
            name,
            f'type of {binding.name} binding in {DEFINITION} "{binding.type}" does not match its '
            f'Python annotation "{_shown(kind)}"',
        )


def _check_return(name: str, binding: Any, annotation: Any) -> None:
    if annotation is Out or typing.get_origin(annotation) is Out:
        raise FunctionLoadError(name, "return annotation should not be azure.functions.Out")
    if annotation is type(None):
        annotation = None
    if not isinstance(annotation, type):
        raise FunctionLoadError(name, f"has invalid non-type return annotation {annotation!r}")
    if not _fits(binding.type, annotation, out=True):
        raise FunctionLoadError(
            name,
            f'Python return annotation "{_shown(annotation)}" does not match binding type '
            f'"{binding.type}"',
        )


def _fits(binding_type: str, kind: Any, *, out: bool) -> bool:
    """As the binding's own converter says; text and bytes fit every binding that comes in."""
    generic = kind in (str, bytes) and not out
    registry = get_binding_registry()  # type: ignore[no-untyped-call]
    converter = registry.get(GENERIC if generic else binding_type)
    if converter is None:
        return True
    check = "check_output_type_annotation" if out else "check_input_type_annotation"
    try:
        return bool(getattr(converter, check)(kind))
    except (NotImplementedError, TypeError):
        return True


def _shown(kind: Any) -> str:
    return str(getattr(kind, "__name__", kind))
