"""Resolve the pins anew and write pins.json.

Run `python -m shared.adapters.conversion.environments.regenerate_pins` to support another
scikit-learn or library, or to take in newer releases of the server; the hashes of the environments
change with it, so every model is converted and every image built anew.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable

from uv import find_uv_bin

from shared.adapters.conversion.environments.pins import (
    PINS_FILE,
    Library,
    Pins,
    number,
    version_in,
)

OLDEST_PYTHON = "3.11"
"""What the app runs on at least."""
SERVER = ["azureml-inference-server-http==1.5.1", "pyyaml"]
JOBLIB = "joblib==1.6.0"
"""The first whose nested pickles obey the outer unpickler's find_class."""
OLD_NUMPY = ["numpy==1.26.4", "scipy==1.13.1"]
NUMPY_2_0 = ["numpy==2.0.2", "scipy==1.13.1"]
NUMPY_2_2 = ["numpy==2.2.6", "scipy==1.15.3"]
NUMPY_2_3 = ["numpy==2.3.5", "scipy==1.16.3"]
NUMPY_2_4 = ["numpy==2.4.6", "scipy==1.17.1"]
SCIENCE = {
    "1.1": [
        ["numpy==1.24.4", "scipy==1.10.1", "pandas==2.0.3"],
        ["numpy==1.24.4", "scipy==1.10.1", "pandas==1.5.3"],
    ],
    "1.2": [
        ["numpy==1.24.4", "scipy==1.10.1", "pandas==2.0.3"],
        ["numpy==1.24.4", "scipy==1.10.1", "pandas==1.5.3"],
    ],
    "1.3": [["numpy==1.26.4", "scipy==1.11.4", "pandas==2.1.4"]],
    "1.4": [[*OLD_NUMPY, "pandas==2.2.3"], [*NUMPY_2_0, "pandas==2.2.3"]],
    "1.5": [
        [*NUMPY_2_2, "pandas==2.3.3"],
        [*OLD_NUMPY, "pandas==2.2.3"],
        [*NUMPY_2_2, "pandas==3.1.1"],
    ],
    "1.6": [
        [*NUMPY_2_2, "pandas==2.3.3"],
        [*OLD_NUMPY, "pandas==2.2.3"],
        [*NUMPY_2_2, "pandas==3.1.1"],
    ],
    "1.7": [
        [*NUMPY_2_2, "pandas==2.3.3"],
        [*OLD_NUMPY, "pandas==2.2.3"],
        [*NUMPY_2_2, "pandas==3.1.1"],
    ],
    "1.8": [[*NUMPY_2_3, "pandas==2.3.3"], [*NUMPY_2_3, "pandas==3.1.1"]],
    "1.9": [[*NUMPY_2_4, "pandas==3.1.1"], [*NUMPY_2_3, "pandas==2.3.3"]],
}
"""By scikit-learn's minor version, the likeliest first: releases of its time."""
BOOSTERS = {
    "xgboost": ["xgboost-cpu==3.2.0"],
    "lightgbm": ["lightgbm==4.7.0"],
    "catboost": ["catboost==1.2.10"],
}
OLD_BOOSTERS = {
    **BOOSTERS,
    "lightgbm": ["lightgbm==3.3.5", "narwhals"],
    "catboost": ["catboost==1.2.7"],
}
"""LightGBM 4 came after scikit-learn 1.2, and does not predict with all that 3 has pickled."""


def _lightgbm(release: str) -> dict[str, list[str]]:
    """Of a minor's time, for files that do not show the release; 4.7 asks for narwhals."""
    return {"lightgbm": [f"lightgbm=={release}", "narwhals"]}


OLD_ENCODERS = {
    "imbalanced-learn": ["imbalanced-learn==0.12.4"],
    "category-encoders": ["category-encoders==2.6.4"],
    "feature-engine": ["feature-engine==1.6.2"],
}
MIDDLE_ENCODERS = {
    "imbalanced-learn": ["imbalanced-learn==0.14.2"],
    "category-encoders": ["category-encoders==2.6.4"],
    "feature-engine": ["feature-engine==1.9.4"],
}
ENGINE_OF_2024 = {"feature-engine": ["feature-engine==1.7.0"]}
NEW_ENCODERS = {**MIDDLE_ENCODERS, "category-encoders": ["category-encoders==2.11.2"]}
PYCARET = {"pycaret": ["pycaret==3.3.2"]}
LIBRARIES = {
    "1.1": {**OLD_BOOSTERS, **OLD_ENCODERS},
    "1.2": {**OLD_BOOSTERS, **OLD_ENCODERS},
    "1.3": {**BOOSTERS, **_lightgbm("4.3.0"), **OLD_ENCODERS, "catboost": ["catboost==1.2.7"]},
    "1.4": {**BOOSTERS, **_lightgbm("4.3.0"), **MIDDLE_ENCODERS, **ENGINE_OF_2024, **PYCARET},
    "1.5": {**BOOSTERS, **_lightgbm("4.5.0"), **MIDDLE_ENCODERS},
    **{
        minor: {**BOOSTERS, **_lightgbm("4.6.0"), **NEW_ENCODERS} for minor in ("1.6", "1.7", "1.8")
    },
    "1.9": {**BOOSTERS, **NEW_ENCODERS},
}
for _libraries in LIBRARIES.values():
    _libraries["statsmodels"] = ["statsmodels==0.15.0"]
"""By minor: each library in a release that agrees with it. statsmodels is category_encoders' own
in older releases only; in newer ones its GLMMEncoder alone needs it."""
NEEDED = {
    "xgboost": set[str](),
    "lightgbm": {"narwhals"},
    "catboost": {"six", "graphviz"},
    "imbalanced-learn": {"sklearn-compat"},
    "category-encoders": {"statsmodels", "patsy", "packaging"},
    "feature-engine": {"statsmodels", "patsy", "packaging"},
    "statsmodels": {"patsy", "packaging"},
    "pycaret": {
        "category-encoders", "imbalanced-learn", "importlib-metadata", "jinja2", "markupsafe",
        "packaging", "patsy", "sklearn-compat", "statsmodels", "zipp",
    },
}  # fmt: skip
"""What of a library's own requirements is imported when a model of it is loaded and predicts."""
OLDEST = {"lightgbm": (3, 3, 2), "pycaret": (3, 3, 2)}
"""What older ones wrote is read by these."""
WITHOUT_WHEELS = ("1.1.0", "1.1.1", "1.1.2")
"""Releases of scikit-learn that were never built for the app's Python."""
TOGETHER = {
    "1.4": {
        "pycaret": ["numpy==1.26.4", "scipy==1.11.4", "pandas==2.1.4", "joblib==1.3.2"],
    }
}
"""The science that a library insists on."""
LISTED = ("scikit-learn", "xgboost-cpu", "lightgbm", "catboost", "imbalanced-learn",
          "category-encoders", "feature-engine", "pycaret")  # fmt: skip


def resolve(wanted: Iterable[str], constraints: Iterable[str] = ()) -> list[str]:
    """Everything `wanted` needs on Linux, pinned and sorted."""
    command = [find_uv_bin(), "pip", "compile", "-", "--quiet", "--no-header", "--no-annotate"]
    command += ["--python-version", OLDEST_PYTHON, "--python-platform", "x86_64-manylinux_2_28"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(constraints))
        file.flush()
        command += ["--constraints", file.name, "--only-binary", ":all:"]
        text = "\n".join(wanted)
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{text}\n{done.stderr}")
    return sorted(done.stdout.split())


def science(minor: str, pinned: list[str], constraints: Iterable[str] = ()) -> list[str]:
    """A complete set: scikit-learn and what it needs."""
    joblib = [] if version_in(pinned, "joblib") else [JOBLIB]
    return resolve([f"scikit-learn=={minor}.*", *pinned, *joblib], constraints)


def library(name: str, wanted: list[str], base: list[str], constraints: list[str]) -> Library:
    """What `wanted` adds to `base`, split into what is imported and what is only asked for."""
    names = {pin.split("==")[0] for pin in base}
    own = {pin.split("==")[0] for pin in wanted}
    added = [
        pin
        for pin in resolve([*wanted, *base], constraints)
        if pin.split("==")[0] not in names - NEEDED[name]
    ]
    needed = [pin for pin in added if pin.split("==")[0] in NEEDED[name] | own]
    return {"needed": needed, "declared": [pin for pin in added if pin not in needed]}


def releases(package: str) -> list[str]:
    """With wheels for the app's Python, oldest first; of scikit-learn, the supported ones."""
    command = [sys.executable, "-m", "pip", "index", "versions", package]
    command += ["--only-binary", ":all:"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"Available versions: (.*)", done.stdout)
    versions = sorted(found[1].split(", ") if found else [], key=number)
    if package != "scikit-learn":
        return [version for version in versions if number(version) >= OLDEST.get(package, ())]
    supported = [known for known in versions if ".".join(known.split(".")[:2]) in SCIENCE]
    return [known for known in supported if known not in WITHOUT_WHEELS]


def main() -> None:
    """The server first, so that whatever it shares with a library has one version."""
    newest = list(SCIENCE)[-1]
    together = resolve([*SERVER, *science(newest, SCIENCE[newest][0])])
    server = resolve(SERVER, together)
    sets = {minor: [science(minor, row) for row in rows] for minor, rows in SCIENCE.items()}
    insisted = {
        minor: {name: science(minor, row) for name, row in rows.items()}
        for minor, rows in TOGETHER.items()
    }
    libraries = {
        minor: {
            name: library(name, wanted, insisted.get(minor, {}).get(name, sets[minor][0]), server)
            for name, wanted in rows.items()
        }
        for minor, rows in LIBRARIES.items()
    }
    pins: Pins = {
        "server": server,
        "science": sets,
        "libraries": libraries,
        "together": insisted,
        "releases": {package: releases(package) for package in LISTED},
    }
    PINS_FILE.write_text(json.dumps(pins, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
