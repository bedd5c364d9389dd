"""What the owner of a refused model file is told: a code, what is wrong, and the fix that fits.

The order is: is it a model at all; which library and which version; then whether it is safe.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from shared.adapters.conversion.scan.known_names import SERVED, Origin, library, origin, package
from shared.adapters.conversion.scan.refusal import SAVE_ESTIMATOR, Refusal
from shared.adapters.conversion.scan.refusal_names import (
    MOST_NAMES,
    dangerous_names,
    is_of_periods,
    is_of_time_zones,
    names_not_needed,
    names_of_python,
    own_names,
    periods,
    times_with_a_zone,
    unknown_names,
    unsupported_libraries,
    written_code,
)

OLDEST_SKLEARN = "1.1"
NEWEST_SKLEARN = "1.9"
_RELEASE = re.compile(r"(\d+)\.(\d+)(?:\.\d+)?(?:\.post\d+)?")


def refusal_of(
    forbidden: Mapping[tuple[str, str], str],
    reasons: Sequence[str],
    modules: Iterable[str],
    sklearn_versions: Iterable[str],
    *,
    served: frozenset[str] = SERVED,
    oldest: str = OLDEST_SKLEARN,
    newest: str = NEWEST_SKLEARN,
) -> Refusal | None:
    """Why a read pickle is refused; None where nothing speaks against it.

    `forbidden`: names that are not on the list, each with "called" or "named". `reasons`: whatever
    else no model's file holds. `modules`: of all names in the file. `served`: top-level packages.
    """
    modules, versions = set(modules), sorted(sklearn_versions)
    by_origin: dict[Origin, list[tuple[str, str]]] = {}
    for pair in forbidden:
        by_origin.setdefault(origin(*pair, served), []).append(pair)
    if not forbidden and not reasons and (other := _no_model(modules)):
        return other
    if wrong := _version(versions, oldest, newest):
        return wrong
    if pairs := by_origin.get(Origin.DANGEROUS):
        return dangerous_names(pairs, forbidden)
    if pairs := by_origin.get(Origin.UNSUPPORTED):
        return unsupported_libraries({library(module) or package(module) for module, _ in pairs})
    if Origin.WRITTEN_CODE in by_origin:
        return written_code(by_origin)
    if pairs := by_origin.get(Origin.OWN):
        return own_names(pairs)
    if forbidden and all(is_of_time_zones(pair) for pair in forbidden):
        return times_with_a_zone(list(forbidden))
    if forbidden and all(is_of_periods(pair) for pair in forbidden):
        return periods(list(forbidden))
    if pairs := by_origin.get(Origin.UNKNOWN):
        return unknown_names(pairs)
    if pairs := by_origin.get(Origin.SUPPORTED):
        return names_not_needed(pairs, versions)
    if pairs := by_origin.get(Origin.PYTHON):
        return names_of_python(pairs)
    return _structure(reasons) if reasons else None


def _no_model(modules: set[str]) -> Refusal | None:
    """Data of a table or numbers, saved in the place of the model."""
    packages = {package(module) for module in modules}
    if packages - {
        "numpy",
        "pandas",
        "pyarrow",
        "joblib",
        "builtins",
        "collections",
        "copyreg",
        "_codecs",
        "scipy",
        "datetime",
    }:
        return None
    kinds = {"pandas": "a pandas table", "numpy": "an array"}
    what = next((kinds[name] for name in kinds if name in packages), "plain values")
    return Refusal(
        "model_without_predict",
        f"The file holds {what}, not a model: there is no scikit-learn estimator in it.",
        f"{SAVE_ESTIMATOR} This file looks like the data instead.",
    )


def _version(versions: Sequence[str], oldest: str, newest: str) -> Refusal | None:
    """A scikit-learn that is out of range."""
    if not versions:
        return None
    told = " and ".join(versions[:3])
    if len({_minor(version) for version in versions}) > 1:
        return Refusal(
            "model_unsupported",
            f"The model's parts were fitted with different releases of scikit-learn: {told}.",
            "Fit all of the model again with one release, and save it with that.",
        )
    minor = _minor(versions[0])
    if minor is None:
        return Refusal(
            "model_unsupported",
            f"This model was saved with scikit-learn {told[:60]}, which is no released version.",
            f"Train and save it again with a released scikit-learn, {oldest} to {newest}.",
        )
    least, most = _minor(oldest), _minor(newest)
    if least is not None and minor < least:
        return Refusal(
            "model_unsupported",
            f"This model was saved with scikit-learn {told}; {oldest} is the oldest that is served:"
            " the first with packages for Python 3.11, which endpoints run.",
            f"Train and save it again with scikit-learn {oldest} to {newest}.",
        )
    if most is not None and minor > most:
        return Refusal(
            "model_unsupported",
            f"This model was saved with scikit-learn {told}, which is newer than {newest}, the"
            " newest that is served.",
            f"Train and save it again with scikit-learn {newest}.",
        )
    return None


def _minor(version: str) -> tuple[int, int] | None:
    match = _RELEASE.fullmatch(version) or re.fullmatch(r"(\d+)\.(\d+)", version)
    return (int(match[1]), int(match[2])) if match else None


def _structure(reasons: Sequence[str]) -> Refusal:
    told = "; ".join(reasons[:MOST_NAMES])
    return Refusal(
        "model_unsafe",
        f"The file is built as no model's file is: {told}.",
        "Save the model again from the session that trained it, with joblib.dump or pickle.dump,"
        " and upload that file unchanged.",
    )


def unreadable(why: str) -> Refusal:
    """A damaged file, or none that is a model."""
    return Refusal(
        "model_unreadable",
        f"The file cannot be read: {why}",
        "Save the model again with joblib.dump(model, 'model.joblib') and upload the whole file.",
    )
