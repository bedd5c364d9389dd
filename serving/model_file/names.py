"""The names a model file may mention, and how each may be used; every other name is refused.

`names.txt` is generated from files that real programs wrote: see tests/intake/README.md.
"""

import _compat_pickle
import re
from functools import cache
from typing import Final

NEW: Final = "new"
"""A class: its objects are made without arguments and given a dict of attributes."""
VALUE: Final = "value"
"""A function or type that is only referred to, never called while loading."""
CALL: Final = "call"
"""Called while loading, with arguments of a form that calls.py knows."""
INERT: Final = "inert"
"""What a model drags along and predicts without: it becomes a placeholder that does nothing."""
WRAPPER: Final = "wrapper"
"""joblib's mark for the raw array that follows."""
FOREIGN: Final = "foreign"
"""A call of a library that is not where models are loaded; a call of ours takes its place."""
FORBIDDEN: Final = "forbidden"
ONLY_IN_UPLOADS: Final = frozenset({INERT, WRAPPER, FOREIGN})

_WRAPPER_CLASS: Final = ("joblib.numpy_pickle", "NumpyArrayWrapper")
_MAPPED_ARRAY: Final = ("numpy", "memmap")
"""In uploads, the class of an array that was mapped from a file; never called."""
_LIST: Final = __file__.removesuffix("names.py") + "names.txt"
_IDENTIFIER = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@cache
def listed() -> dict[tuple[str, str], str]:
    """{(module, name): use} of names.txt and of the calls."""
    from serving.model_file.calls import CALLS
    from serving.model_file.calls_of_arrow import ARROW_CALLS

    uses: dict[tuple[str, str], str] = {}
    use = ""
    with open(_LIST, encoding="utf-8") as file:  # noqa: PTH123 - pathlib is 3 ms of a scan
        lines = file.read().splitlines()
    for line in lines:
        if line.startswith("["):
            use = line.strip("[]")
        elif line and not line.startswith("#"):
            module, _, names = line.partition(": ")
            uses.update(dict.fromkeys(((module, name) for name in names.split()), use))
    uses.update(dict.fromkeys(CALLS, CALL))
    uses.update(dict.fromkeys(ARROW_CALLS, FOREIGN))
    uses[_WRAPPER_CLASS] = WRAPPER
    uses[_MAPPED_ARRAY] = FOREIGN
    return uses


def use_of(module: str, name: str) -> str | None:
    """One of the uses above; None for a name that is not on the list."""
    return listed().get((module, name))


def of_today(module: str, name: str) -> tuple[str, str]:
    """The name in Python 3 of what protocol 2 writes in Python 2's terms."""
    if (module, name) in _compat_pickle.NAME_MAPPING:
        return _compat_pickle.NAME_MAPPING[(module, name)]
    return _compat_pickle.IMPORT_MAPPING.get(module, module), name


def is_name(module: str, name: str) -> bool:
    """False for what cannot name anything, as in text files that are not pickles."""
    return bool(_IDENTIFIER.fullmatch(module) and _IDENTIFIER.fullmatch(name))
