"""Which versions a file probably needs: the likeliest pinned set, and one more to try."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from shared.adapters.conversion.environments.pinned_set import PinnedSet
from shared.adapters.conversion.environments.pins import (
    Library,
    merged,
    number,
    pins,
    supported_releases,
    version_in,
)
from shared.domain.model import SERVING_PYTHON
from shared.errors.models import ModelUnsupported

MOST_SETS = 2
MIDDLE = "1.5"
"""Where scikit-learn's version is not told: the minor that older boosters still agree with."""
OLD = "1.2"
"""Where LightGBM is of before 2023: the minor of that time."""
_RELEASE = re.compile(r"(\d+\.\d+)\.\d+(\.post\d+)?")
_NAMES = {"xgboost": "XGBoost", "lightgbm": "LightGBM", "catboost": "CatBoost",
          "pycaret": "PyCaret"}  # fmt: skip
_PACKAGES = {"xgboost": "xgboost-cpu"}
"""On Linux the package xgboost brings 300 MB for graphics cards."""
_SCIPY = {"1.15.3": (1, 23, 5), "1.16.3": (1, 25, 2), "1.17.1": (1, 26, 4)}
"""Releases that read what others' splines and functions are called, each with its least numpy."""
_OTHER_RELEASES = {
    "category-encoders==2.6.4": "category-encoders==2.7.0",
    "feature-engine==1.7.0": "feature-engine==1.9.4",
    "feature-engine==1.9.4": "feature-engine==1.7.0",
}
"""What one of two wrote does not work in the other, and files do not show which it was.

It is contrast encoders of category_encoders, and decision trees of feature-engine.
"""
_OLDER_ENGINE = "feature-engine==1.5.2"
"""Of the time of pandas 1: later ones look for attributes that it did not set."""
_MIDDLE_BOOSTERS = {"xgboost": (3,), "lightgbm": (4, 6)}
"""Older ones than these do not agree with the newest scikit-learn."""


def choose(libraries: Mapping[str, str]) -> list[PinnedSet]:
    """One or two sets, the likelier first. ModelRefused model_unsupported where there is none.

    `libraries`: name to version as the scan reports them; a version may be a whole one, a major
    ("2"), several ("1.4.2, 1.5.0"), "" or "unknown".
    """
    shown = {name.lower().replace("_", "-"): version for name, version in libraries.items()}
    extras = sorted(shown.keys() & _known_libraries())
    ranked = []
    for rank, release in enumerate(_releases(shown, extras)):
        minor = _minor(release)
        for place, science in enumerate(_science(minor, extras)):
            strange = (_strange("numpy", science, shown), _strange("pandas", science, shown))
            ranked.append(((strange, rank, place), release, minor, science))
    ranked.sort(key=lambda candidate: candidate[0])
    sets = [
        _pinned(release, minor, science, extras, shown) for _, release, minor, science in ranked
    ]
    if len(sets) > 1 and version_in(sets[1].pins, "pandas").startswith("1."):
        sets[1] = _with(sets[1], _OLDER_ENGINE)
    sets.insert(1, _with_other_releases(sets[0]))
    return list(dict.fromkeys(sets))[:MOST_SETS]


def _with_other_releases(pinned: PinnedSet) -> PinnedSet:
    """The next likely set, where there are two releases of a library; the same, where not."""
    others = [_OTHER_RELEASES[pin] for pin in pinned.pins if pin in _OTHER_RELEASES]
    return replace(pinned, pins=tuple(merged(pinned.pins, others)))


def _with(pinned: PinnedSet, pin: str) -> PinnedSet:
    """The set with this release of a package that it has; itself, where it has not."""
    if not version_in(pinned.pins, pin.partition("==")[0]):
        return pinned
    return replace(pinned, pins=tuple(merged(pinned.pins, [pin])))


def _known_libraries() -> set[str]:
    return {name for table in pins()["libraries"].values() for name in table}


def _releases(shown: Mapping[str, str], extras: Sequence[str]) -> list[str]:
    """Of scikit-learn, the likelier first."""
    told = shown.get("scikit-learn", "")
    if told not in ("", "unknown"):
        found = sorted((_served(version) for version in told.split(", ")), key=number)
        wrong = next((version for version in found if _lacking(_minor(version), extras)), None)
        if wrong:
            raise _combination(wrong, _lacking(_minor(wrong), extras))
        return found[::-1]
    if "pycaret" in extras:
        minors = [minor for minor in pins()["science"] if not _lacking(minor, extras)]
        return [_newest(minor) for minor in reversed(minors)]
    if _before("lightgbm", shown, (4,)):
        return [_newest(OLD), _newest(MIDDLE)]
    releases = [supported_releases()[-1], _newest(MIDDLE)]
    old = any(_before(name, shown, middle) for name, middle in _MIDDLE_BOOSTERS.items())
    return releases[::-1] if old else releases


def _before(name: str, shown: Mapping[str, str], release: tuple[int, ...]) -> bool:
    """Whether the file shows that a library is older than this."""
    version = shown.get(name, "")
    return version[:1].isdigit() and number(version) < release


def _served(version: str) -> str:
    """The release that loads what `version` saved: itself, where it has wheels."""
    release, science = _RELEASE.fullmatch(version), pins()["science"]
    if release is None or release[1] not in science:
        raise _out_of_range(version, list(science))
    same_minor = [known for known in _wheels("scikit-learn") if _minor(known) == release[1]]
    if number(version) < number(same_minor[0]):
        return same_minor[0]
    return version


def _minor(release: str) -> str:
    return ".".join(release.split(".")[:2])


def _newest(minor: str) -> str:
    return version_in(pins()["science"][minor][0], "scikit-learn")


def _wheels(package: str) -> list[str]:
    return pins()["releases"][package]


def _science(minor: str, extras: Iterable[str]) -> list[list[str]]:
    insisted = pins()["together"].get(minor, {})
    own = [insisted[name] for name in extras if name in insisted]
    return own or pins()["science"][minor]


def _strange(name: str, science: Iterable[str], shown: Mapping[str, str]) -> bool:
    """Whether the file shows another major version of `name`."""
    version = shown.get(name, "")
    if not version[:1].isdigit():
        return False
    return number(version)[0] != number(version_in(science, name))[0]


def _lacking(minor: str, extras: Iterable[str]) -> list[str]:
    return [name for name in extras if name not in pins()["libraries"][minor]]


def _pinned(
    release: str, minor: str, science: list[str], extras: list[str], shown: Mapping[str, str]
) -> PinnedSet:
    added: list[Library] = [pins()["libraries"][minor][name] for name in extras]
    needed = [pin for library in added for pin in library["needed"]]
    declared = [pin for library in added for pin in library["declared"]]
    packages = [_PACKAGES.get(name, name) for name in extras]
    exact = [
        f"{package}=={version}"
        for name, package in zip(extras, packages, strict=True)
        if (version := _shown_release(package, shown[name]))
    ]
    exact += _scipy(science, shown.get("scipy", ""))
    held = merged(needed, science, [f"scikit-learn=={release}"], exact)
    return PinnedSet(tuple(held), tuple(merged(declared)), tuple(packages))


def _scipy(science: Iterable[str], shown: str) -> list[str]:
    """The nearest SciPy that reads the file, where that of the set does not.

    `shown`: "1.14 or later", "up to 1.16", or both as "1.14 to 1.16".
    """
    told = re.fullmatch(r"(?:up to |(\d+\.\d+)(?: to | or later))(\d+\.\d+)?", shown)
    if told is None:
        return []
    least, most = number(told[1] or "0"), number(told[2] or "99")
    present, numpy = (number(version_in(science, name)) for name in ("scipy", "numpy"))
    if least <= present[:2] <= most:
        return []
    fitting = [
        f"scipy=={release}"
        for release, its_numpy in _SCIPY.items()
        if least <= number(release)[:2] <= most and numpy >= its_numpy
    ]
    return fitting[:1] if present < least else fitting[-1:]


def _shown_release(package: str, version: str) -> str:
    """The release that reads what `version` wrote; "" where the file does not show one.

    A version without wheels is read by the next one that has them, which no library refuses.
    """
    if not re.fullmatch(r"\d+(\.\d+){1,3}", version):
        return ""
    return next((known for known in _wheels(package) if number(known) >= number(version)), version)


def _out_of_range(version: str, minors: list[str]) -> ModelUnsupported:
    message = (
        f"This model was saved with scikit-learn {version}; {minors[0]} to {minors[-1]} are"
        " supported."
    )
    release = re.match(r"\d+\.\d+", version)
    if release and number(release[0]) < number(minors[0]):
        message += (
            f" Models run on Python {SERVING_PYTHON}, for which older releases were never built."
        )
    return ModelUnsupported(
        message,
        fix="Train and save it again with a released scikit-learn of that range.",
    )


def _combination(release: str, lacking: list[str]) -> ModelUnsupported:
    named = [_NAMES.get(name, name) for name in lacking]
    with_them = [minor for minor in pins()["science"] if not _lacking(minor, lacking)]
    return ModelUnsupported(
        f"This model was saved with scikit-learn {release} and {' and '.join(named)}, which is"
        f" supported with scikit-learn {', '.join(with_them)} only.",
        fix=f"Train and save it again with scikit-learn {_newest(with_them[-1])}.",
    )
