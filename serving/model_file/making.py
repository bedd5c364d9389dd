"""What is checked when it is made, before anything else of the file can ask it for values.

pandas' compiled code reads arrays by codes, masks and places that it takes from others, and some of
it runs while the rest of the file is still to come: __setstate__ compares, dicts hash their keys.
XGBoost and LightGBM read their bytes when a booster is given its state.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from serving.model_file.boosters.pickled import GIVING
from serving.model_file.calls_of_pandas import BACKED, MASKED_CLASSES, NEW_INDEX
from serving.model_file.findings import Refused

_BLOCKS = ("pandas.core.internals.managers", "BlockManager")


def checked(module: str, name: str, found: Any) -> Any:
    """What a loader takes for the name: `found`, or the same with a check of what it makes."""
    if (module, name) == NEW_INDEX:
        return _new_index(found)
    if (module, name) == BACKED:
        return _unpickle_backed(found)
    if (module, name) == _BLOCKS:
        return _block_manager(found)
    if give := GIVING.get((module, name)):
        return watched(found, give)
    return watched(found, _give_masked) if (module, name) in MASKED_CLASSES else found


def _new_index(make: Callable[..., Any]) -> Callable[..., Any]:
    def new_index(cls: type, parts: dict[str, Any]) -> Any:
        index = make(cls, parts)
        for level, codes in zip(
            vars(index).get("_levels", ()), vars(index).get("_codes", ()), strict=True
        ):
            _check_codes(codes, len(level))
        return index

    return new_index


def _unpickle_backed(make: Callable[..., Any]) -> Callable[..., Any]:
    def unpickle(cls: type, checksum: int, state: Any) -> Any:
        return make(watched(cls, _give_backed), checksum, state)

    return unpickle


def _block_manager(make: Callable[..., Any]) -> Callable[..., Any]:
    def block_manager(blocks: tuple[Any, ...], axes: list[Any]) -> Any:
        for block in blocks:
            places = block.mgr_locs
            if len(places) and not 0 <= min(places) <= max(places) < len(axes[0]):
                raise Refused("A table with a column outside of it")
        return make(blocks, axes)

    return block_manager


@cache
def watched(cls: Any, give: Callable[[Any, Any], None]) -> Any:
    """`cls`, whose objects get their state by `give(made, state)`; by then they are of `cls`."""

    def set_state(self: Any, state: Any) -> None:
        self.__class__ = cls
        give(self, state)

    return type(cls.__name__, (cls,), {"__setstate__": set_state, "__module__": cls.__module__})


def _give_backed(made: Any, state: Any) -> None:
    dtype, values, *rest = state
    _give(made, (dtype, values, *map(_without_cache, rest)))
    _check_backed(made)


def _give_masked(made: Any, state: Any) -> None:
    _give(made, _without_cache(state))
    _check_mask(made)


def _without_cache(attributes: dict[str, Any]) -> dict[str, Any]:
    """What pandas remembers of an array, its dtype or unit, would be believed."""
    return {name: value for name, value in attributes.items() if name != "_cache"}


def _give(made: Any, state: Any) -> None:
    if hasattr(made, "__setstate__"):
        made.__setstate__(state)
    else:
        vars(made).update(state)


def _check_backed(made: Any) -> None:
    """An array of numpy below one of pandas: of the very dtype that it is said to have."""
    import numpy as np

    values, kind = made._ndarray, type(made).__name__
    if type(values) is not np.ndarray:
        raise Refused(f"A {kind} over something else than an array")
    if kind == "Categorical":
        categories = made._dtype.categories
        _check_codes(values, 0 if categories is None else len(categories))
    elif kind in ("DatetimeArray", "TimedeltaArray") and (
        values.dtype.kind not in "mM" or made._dtype != values.dtype
    ):
        raise Refused(f"A {kind} over an array of {values.dtype}")


def _check_codes(codes: Any, size: int) -> None:
    """Each of them a place in the categories, or -1 for none."""
    import numpy as np

    codes = np.asarray(codes)
    if codes.dtype.kind != "i" or (len(codes) and not -1 <= codes.min() <= codes.max() < size):
        raise Refused("A category outside of the categories")


def _check_mask(made: Any) -> None:
    import numpy as np

    values, mask = vars(made).get("_data"), vars(made).get("_mask")
    both = type(values) is type(mask) is np.ndarray
    if not (both and values.dtype.kind in "biuf" and mask.dtype == bool):
        raise Refused("An array of numbers whose values or missing ones are of another kind")
    if values.shape != mask.shape:
        raise Refused("An array whose missing values do not fit it")
