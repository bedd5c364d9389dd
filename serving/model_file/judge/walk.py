"""The graph of a loaded model, walked without calling anything of it."""

from __future__ import annotations

import collections
import ctypes
import sys
from typing import Any

import numpy as np

from serving.model_file.judge import arrays, callables, deny
from serving.model_file.judge.containers import Containers, Left
from serving.model_file.judge.fitted import check_fitted
from serving.model_file.judge.labels import parts_of
from serving.model_file.judge.method_names import METHOD_NAMES, check_names, check_not_hidden
from serving.model_file.judge.objects import OBJECTS, Role, attributes_of, is_opaque, role_of
from serving.model_file.judge.parameters import check_parameters
from serving.model_file.judge.positions import ESTIMATOR_WORDS, place_of
from serving.model_file.judge.tables import check_spline
from serving.model_file.judge.unfit import Path, Unfit, module_of, named, shown, unfit

MOST_VALUES = 20_000_000
DEEPEST = 500
LONGEST_TEXT = 10_000_000
_SEQUENCES = (list, tuple, set, frozenset, collections.deque)
_MAPPINGS = (dict, collections.OrderedDict, collections.defaultdict)
_LEAVES = (type(None), bool, float, complex, bytes, bytearray, type(Ellipsis))


def judge(model: object, *, allowed: callables.Allowed, cpus: int,
          notes: list[str] | None = None) -> None:  # fmt: skip
    """Refuse a model that holds anything it could do more with than compute.

    `allowed` tells whether a (module, name) is on the list; `cpus` is the machine's number.
    An `n_jobs` above it is set to it, and told in `notes`. Raises Unfit, naming the place.
    """
    if role_of(type(model)) not in (Role.ESTIMATOR, Role.OPAQUE):
        raise unfit(None, f"a {named(type(model))}, not an estimator")
    try:
        _Walk(allowed, cpus, notes if notes is not None else []).run(model)
    except Unfit:
        raise
    except Exception as error:  # a forged object that its own class cannot read
        raise unfit(None, f"an object that cannot be read ({type(error).__name__})") from None


class _Walk:
    """One walk: what was seen, and what is still to be judged."""

    def __init__(self, allowed: callables.Allowed, cpus: int, notes: list[str]) -> None:
        self.allowed = allowed
        self.cpus = cpus
        self.notes = notes
        self.seen: set[tuple[int, str]] = set()
        self.containers = Containers(MOST_VALUES)
        self.kept: list[object] = []
        """Values made for this walk: their ids must not become another's."""
        self.todo: list[tuple[object, Path | None, int, str]] = []
        self.estimators: list[tuple[object, Path | None]] = []

    def run(self, model: object) -> None:
        """Judge everything that hangs from `model`, then the parameters of its estimators."""
        self.todo.append((model, None, 0, "estimator"))
        judged = 0
        while self.todo:
            value, path, depth, place = self.todo.pop()
            judged += 1
            if judged > MOST_VALUES:
                raise unfit(path, f"the model holds more than {MOST_VALUES} values")
            if depth > DEEPEST:
                raise unfit(path, f"nested more than {DEEPEST} levels deep")
            self.value(value, path, depth, place)
        for estimator, path in self.estimators:
            check_parameters(estimator, path)

    def value(self, value: object, path: Path | None, depth: int, place: str) -> None:
        """Judge one value by its exact type and put what it holds on the list."""
        kind = type(value)
        if kind in _LEAVES:
            return
        if kind is Left:
            self.containers.leave(value.container, path)  # type: ignore[attr-defined]
            return
        if kind is int:
            if value.bit_length() > 256:  # type: ignore[attr-defined]
                raise unfit(path, "an integer of too many digits")
            return
        if kind is str:
            if len(value) > LONGEST_TEXT:  # type: ignore[arg-type]
                raise unfit(path, "a text that is too long")
            if place == "estimator" and value not in ESTIMATOR_WORDS:
                raise unfit(path, f"{shown(value)} where an estimator belongs")
            return
        if np.generic in kind.__mro__ and module_of(kind) == "numpy":
            arrays.check_dtype(value.dtype, path)  # type: ignore[attr-defined]
            return
        if self.containers.is_open(value):
            raise unfit(path, "a container that holds itself")
        if (id(value), place) in self.seen:
            return
        self.seen.add((id(value), place))
        if kind in _SEQUENCES:
            self.enter(value, path)
            self.sequence(value, path, depth, place)
        elif kind in _MAPPINGS or named(kind) == "sklearn.utils._bunch.Bunch":
            self.enter(value, path)
            self.mapping(value, path, depth, place)
        elif kind is np.ndarray or kind is np.ma.MaskedArray:
            self.array(value, path, depth, place)
        else:
            self.thing(value, path, depth, place)

    def enter(self, container: object, path: Path | None) -> None:
        """Note that what is put on the list from here on lies in this container."""
        self.containers.enter(container)
        self.todo.append((Left(container), path, 0, ""))

    def sequence(self, value: Any, path: Path | None, depth: int, place: str) -> None:
        """Put the elements of a list, tuple or set on the list."""
        for index, element in enumerate(value):
            named_first = index == 0 and type(value) is tuple and 2 <= len(value) <= 3
            if named_first and place == "estimator" and type(element) is str:
                continue  # the name of an estimator, before it
            if type(element) not in _LEAVES:
                self.todo.append((element, (path, f"[{index}]"), depth + 1, place))

    def mapping(self, value: Any, path: Path | None, depth: int, place: str) -> None:
        """Put keys and values of a dict on the list."""
        if type(value) is collections.defaultdict and value.default_factory not in (
            None, int, float, list, dict, set, str, collections.OrderedDict,
        ):  # fmt: skip
            raise unfit(path, "a defaultdict whose factory is not a plain type")
        for key, element in dict.items(value):
            step = (path, f"[{shown(key)}]")
            self.todo.append((key, step, depth + 1, "data"))
            self.todo.append((element, step, depth + 1, place))

    def array(self, value: Any, path: Path | None, depth: int, place: str) -> None:
        """Judge an array's dtype, and the elements of an array of objects."""
        arrays.check_dtype(value.dtype, path)
        if type(value) is not np.ndarray and place != "search":
            raise unfit(path, "a masked array, of which no comparison can be told")
        if value.dtype.kind == "O":
            elements = np.asarray(value)
            self.enter(value, path)
            self.sequence(elements.ravel().tolist(), path, depth, place)

    def thing(self, value: object, path: Path | None, depth: int, place: str) -> None:
        """Judge functions, classes, estimators and listed helper objects."""
        kind = type(value)
        if callables.is_partial(value):
            callables.check_function(value.func, self.allowed, path)  # type: ignore[attr-defined]
            self.sequence(value.args, path, depth, "data")  # type: ignore[attr-defined]
            self.mapping(value.keywords, path, depth, "types")  # type: ignore[attr-defined]
            return
        if callables.is_function(value):
            if place in ("estimator", "helping"):
                raise unfit(path, "a function where an estimator belongs")
            if place in ("data", "types"):
                raise unfit(path, "a function where a value belongs")
            callables.check_function(value, self.allowed, path)
            return
        if isinstance(value, type):
            if place == "search" and (role_of(value) is Role.INERT or self.listed(value)):
                return
            if place not in ("types", "foreign"):
                raise unfit(path, f"the class {named(value)} where a value belongs")
            callables.check_class(value, path)
            return
        role = role_of(kind)
        if role is Role.INERT and place != "search":
            raise unfit(path, f"needs {shown(getattr(kind, 'name', None))}, which is never loaded")
        if role is Role.REFUSED or (role is Role.FRAME and place != "foreign"):
            raise unfit(path, f"a {named(kind)} does not belong into a model")
        if role is Role.HELPER and place == "estimator" and path is not None and (
            not path[1].startswith("[")
        ):  # fmt: skip
            raise unfit(path, f"a {named(kind)} where an estimator belongs")
        if role in (Role.ESTIMATOR, Role.HELPER, Role.OPAQUE) and not self.listed(kind):
            raise unfit(path, f"the class {named(kind)} is not one that models may hold")
        if role is Role.ESTIMATOR and place in ("data", "function", "types"):
            raise unfit(path, f"a {named(kind)} where a value belongs")
        if role is Role.HELPER and is_opaque(value):
            raise unfit(path, f"a {named(kind)} does not belong into a model")
        if isinstance(value, (tuple, list, set, frozenset, dict)):
            self.enter(value, path)
            each = dict.values(value) if isinstance(value, dict) else value
            self.sequence(tuple(each), path, depth, place)
        check = OBJECTS.get(named(kind))
        if check is not None:
            check(value, path)
        for name, part in parts_of(value, role, path):
            self.kept.append(part)
            self.todo.append((part, (path, name), depth + 1, "data"))
        if role in (Role.ESTIMATOR, Role.HELPER, Role.OPAQUE):
            self.attributes(value, path, depth, role, place)

    def listed(self, kind: type) -> bool:
        """Whether a class is on the list and is what its name stands for."""
        module, name = module_of(kind), kind.__qualname__
        return getattr(sys.modules.get(module), name, None) is kind and self.allowed(module, name)

    def attributes(self, value: object, path: Path | None, depth: int, role: Role,
                   outside: str) -> None:  # fmt: skip
        """Judge the names of an object's attributes and put the values on the list."""
        found = attributes_of(value)
        kind = type(value)
        ours = module_of(kind).startswith(("sklearn.", "imblearn."))
        for name, part in list(found.items()):
            if type(name) is not str or not name.isidentifier() or name.startswith("__"):
                raise unfit(path, f"an attribute named {shown(name)}")
            step = (path, f".{name}")
            if role is Role.OPAQUE and type(part) is ctypes.c_void_p:
                continue
            check_not_hidden(kind, name, step)
            if name in METHOD_NAMES and ours and name != "transform":
                check_names(part, METHOD_NAMES[name], step)
            if name == "_sklearn_output_config":
                check_names(part, METHOD_NAMES["transform"] | {"transform"}, step)
            if role is Role.ESTIMATOR:
                deny.check_attribute(name, part, step, found, self.cpus, self.notes, ours=ours)
                part = found[name]
            place = place_of(name, kind, role, outside, ours=ours)
            self.todo.append((part, step, depth + 1, place))
        if role is Role.ESTIMATOR:
            if ours:
                check_fitted(kind.__name__, found, self.cpus, path)
            self.estimators.append((value, path))
        elif kind.__name__ == "BSpline":
            check_spline(found, path)
