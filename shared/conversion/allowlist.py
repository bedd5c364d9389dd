"""The names a model file may mention: exact (module, name) pairs; everything else is refused.

`allowlist.txt` is generated from the supported libraries, one module a line. Regenerate it with
`python -m shared.conversion.regenerate_allowlist` after regenerate_pins.
"""

import re
from functools import cache
from pathlib import Path

UNSUPPORTED_LIBRARIES = {
    "catboost": "CatBoost",
    "imblearn": "imbalanced-learn",
    "keras": "Keras",
    "lightgbm": "LightGBM",
    "pycaret": "PyCaret",
    "sklego": "scikit-lego",
    "statsmodels": "statsmodels",
    "tensorflow": "TensorFlow",
    "torch": "PyTorch",
    "xgboost": "XGBoost",
}
"""Known model libraries that are refused as unsupported, not as unsafe."""

_IDENTIFIER = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@cache
def allowed_names() -> frozenset[tuple[str, str]]:
    lines = Path(__file__).with_name("allowlist.txt").read_text("utf-8").splitlines()
    entries = (line.split(": ", 1) for line in lines if not line.startswith("#"))
    return frozenset((module, name) for module, names in entries for name in names.split())


def is_allowed(module: str, name: str) -> bool:
    return (module, name) in allowed_names()


def library(module: str) -> str | None:
    """The unsupported model library that `module` belongs to."""
    return UNSUPPORTED_LIBRARIES.get(module.partition(".")[0])


def is_name(module: str, name: str) -> bool:
    """False for what cannot name anything, as in text files that are not pickles."""
    return bool(_IDENTIFIER.fullmatch(module) and _IDENTIFIER.fullmatch(name))


def reason(module: str, name: str) -> str:
    """Why this name is refused, for the file's owner."""
    if owner := library(module):
        return f"{module}.{name}: {owner} is not supported"
    if module == "__main__":
        return f"{module}.{name}: defined in the notebook or script that trained the model"
    return f"{module}.{name}: no scikit-learn model needs this name"
