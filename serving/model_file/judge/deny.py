"""Parameters that open files, cache to disk, or start more workers than the machine has."""

from __future__ import annotations

from string import Formatter

import numpy as np

from serving.model_file.judge.patterns import check_pattern
from serving.model_file.judge.unfit import Path, shown, unfit

MOST_JOBS_ANYWHERE = 1024
_THREADS = frozenset(
    {"n_jobs", "n_threads", "nthread", "nthreads", "num_thread", "num_threads", "thread_count"}
)
# Parameters that make predict() allocate: the most that is believed.
_LARGEST = {
    "degree": 64,
    "n_bins": 1_000_000,
    "n_knots": 100_000,
    "n_components": 10_000_000,
    "n_features": 2**31,
    "pre_dispatch": 1_000_000,
    "sample_steps": 1000,
    "n_classes_": 10_000_000,
}


def check_attribute(name: str, value: object, path: Path, attributes: dict[str, object],
                    cpus: int, notes: list[str], *, ours: bool) -> None:  # fmt: skip
    """Refuse a value of an estimator's attribute that does more than compute.

    ours: whether the class is scikit-learn's or imbalanced-learn's; PyCaret's pipelines always
    have a memory, which is set to None. An `n_jobs` above the machine is set to the machine's.
    Both are told in `notes`. Raises Unfit.
    """
    if name == "input" and isinstance(value, str) and value != "content":
        raise unfit(path, f"{shown(value)}: reads files")
    if name in ("memory", "_memory", "cachedir") and value is not None:
        if ours:
            raise unfit(
                path, f"{shown(value)}: caches to disk; save it with set_params(memory=None)"
            )
        attributes[name] = None
        notes.append(f"{name}={shown(value)} set to None")
    if name == "n_jobs":
        _check_jobs(name, value, path, attributes, cpus, notes)
    elif not ours and name in _THREADS:
        _check_threads(name, value, path, attributes, cpus, notes)
    elif not ours and type(value) is dict:
        for key in _THREADS & value.keys():
            _check_threads(key, value[key], (path, f"[{key!r}]"), value, cpus, notes)
    if name == "verbose" and type(value) is str and value == "deprecated":
        return  # SimpleImputer of scikit-learn 1.1 and 1.2
    if name == "verbose" and type(value) not in (bool, int, float, type(None)):
        raise unfit(path, f"{shown(value)}: only a number is allowed")
    if name == "verbose_feature_names_out" and type(value) is str:
        _check_format(value, path)
    if name == "token_pattern" and type(value) is str:
        check_pattern(value, path)
    if name in _LARGEST:
        numbers = value if isinstance(value, tuple | list) else (value,)
        for number in numbers[:16]:
            if isinstance(number, int | np.integer) and number > _LARGEST[name]:
                raise unfit(path, f"{shown(number)}: more than {_LARGEST[name]}")


def _check_threads(name: str, value: object, path: Path, attributes: dict[str, object], cpus: int,
                   notes: list[str]) -> None:  # fmt: skip
    """What other libraries call n_jobs: 0 and less leave the number to them."""
    if type(value) is not int or not -MOST_JOBS_ANYWHERE <= value <= 0:
        _check_jobs(name, value, path, attributes, cpus, notes)


def _check_jobs(name: str, value: object, path: Path, attributes: dict[str, object], cpus: int,
                notes: list[str]) -> None:  # fmt: skip
    if value is None:
        return
    if type(value) is not int or value == 0 or abs(value) > MOST_JOBS_ANYWHERE:
        raise unfit(path, f"{shown(value)}: None or 1 to {MOST_JOBS_ANYWHERE} workers")
    if value > cpus:
        attributes[name] = cpus
        notes.append(f"{name}={value} reduced to {cpus}")


def _check_format(value: str, path: Path) -> None:
    try:
        fields = [(f, s, c) for _, f, s, c in Formatter().parse(value) if f is not None]
    except ValueError:
        raise unfit(path, f"{shown(value)}: not a format") from None
    for field, spec, conversion in fields:
        if field not in ("transformer_name", "feature_name") or spec or conversion:
            raise unfit(path, f"{shown(value)}: only {{transformer_name}} and {{feature_name}}")
