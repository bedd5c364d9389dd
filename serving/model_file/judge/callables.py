"""Functions and classes that a model may refer to: plain, listed, found where they say."""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Callable

import numpy as np

from serving.model_file.judge.unfit import Path, module_of, named, unfit

Allowed = Callable[[str, str], bool]
_PLAIN_TYPES = (bool, int, float, complex, str, bytes, object, list, dict, tuple)
# Functions that only loading calls, or that reach anything.
_NEVER = {"builtins", "copyreg", "_codecs", "operator", "posix", "os", "sys", "io", "importlib"}
_UFUNC_MODULES = ("numpy", "scipy.special._ufuncs", "scipy.special._special_ufuncs")
_CYTHON_AND_NUMPY = {"cython_function_or_method", "_ArrayFunctionDispatcher"}


def is_function(value: object) -> bool:
    """Whether a value is of one of the classes that functions have (never a bound method)."""
    functions = (types.FunctionType, types.BuiltinFunctionType, np.ufunc)
    return isinstance(value, functions) or type(value).__name__ in _CYTHON_AND_NUMPY


def check_function(value: object, allowed: Allowed, path: Path | None) -> None:
    """Refuse a function that is not listed, or that is bound to an object."""
    bound = getattr(value, "__self__", None)
    if bound is not None and not isinstance(bound, types.ModuleType):
        raise unfit(path, "a method of an object, not a plain function")
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    module = getattr(value, "__module__", None)
    if isinstance(value, np.ufunc):
        module, name = _home_of_ufunc(value, allowed), value.__name__
    if type(module) is not str or type(name) is not str:
        raise unfit(path, "a function without a name")
    if module == "scipy.interpolate._interpolate" and name.startswith("interp1d._call_"):
        return  # interp1d keeps the function of its own class that interpolates
    if module in _NEVER:
        raise unfit(path, f"the function {module}.{name} is not one that models may call")
    if getattr(sys.modules.get(module), name, None) is not value or not allowed(module, name):
        raise unfit(path, f"the function {module}.{name} is not one that models may call")


def check_class(value: type, path: Path | None) -> None:
    """Refuse a class that is no type of numbers or text."""
    if any(value is plain for plain in _PLAIN_TYPES) or (
        np.generic in type.__dict__["__mro__"].__get__(value) and module_of(value) == "numpy"
    ):
        return
    raise unfit(path, f"the class {named(value)} where a value belongs")


def is_partial(value: object) -> bool:
    """Whether a value is a functools.partial and nothing derived from it."""
    return type(value) is functools.partial


def _home_of_ufunc(value: np.ufunc, allowed: Allowed) -> str:
    """The module that a ufunc is listed in: it does not say so itself."""
    for module in _UFUNC_MODULES:
        found = getattr(sys.modules.get(module), value.__name__, None) is value
        if found and allowed(module, value.__name__):
            return module
    return ""
