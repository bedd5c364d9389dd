"""Pinned environments, named by the hash of their pins: the one that serves, the one that converts.

A model is converted and served with exactly the scikit-learn that saved it. The app's own
interpreter converts where its libraries are the pinned ones; else uv builds an environment once,
from wheels only, in a cache directory.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TypedDict

from shared.errors import ModelRefused, TransientError
from shared.schemas.model import SERVING_IMAGE, SERVING_PYTHON

PINS_FILE = Path(__file__).with_name("pins.json")
BUILD_TIMEOUT_SECONDS = 300
_MODEL_LIBRARIES = ("scikit-learn", "numpy", "scipy", "pandas", "joblib")
_RELEASE = re.compile(r"(\d+\.\d+)\.\d+(\.post\d+)?")


class _Pins(TypedDict):
    server: list[str]
    conversion: list[str]
    science: dict[str, list[str]]


@cache
def _pins() -> _Pins:
    pins: _Pins = json.loads(PINS_FILE.read_text("utf-8"))
    return pins


def _science(sklearn_version: str) -> list[str]:
    """ModelRefused model_unsupported for a scikit-learn that cannot be served."""
    release = _RELEASE.fullmatch(sklearn_version)
    table = _pins()["science"]
    if release is None or release[1] not in table:
        minors = list(table)
        raise ModelRefused(
            f"This model was saved with scikit-learn {sklearn_version};"
            f" {minors[0]} to {minors[-1]} are supported.",
            code="model_unsupported",
            fix="Train and save it again with a released scikit-learn of that range.",
        )
    return _merged(table[release[1]], [f"scikit-learn=={sklearn_version}"])


def supported_releases() -> list[str]:
    """The newest release of each supported minor version of scikit-learn."""
    science = _pins()["science"].values()
    return [pin.split("==")[1] for pins in science for pin in pins if pin.startswith("scikit-")]


def serving_requirements(sklearn_version: str) -> list[str]:
    """Every package of the endpoint's image, pinned and sorted."""
    return _merged(_pins()["server"], _science(sklearn_version))


def environment_name(requirements: list[str]) -> str:
    """Legal in Azure ML; equal image and pins always have one name, so that it is built once."""
    return f"slipway-serving-{_digest([SERVING_IMAGE, f'python=={SERVING_PYTHON}', *requirements])}"


def _merged(first: list[str], second: list[str]) -> list[str]:
    """The pins of both; on what both hold, the second decides."""
    pins = dict(pin.split("==") for pin in [*first, *second])
    return [f"{name}=={version}" for name, version in sorted(pins.items())]


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Interpreter:
    """A python, and folders of packages that it finds only with our help."""

    python: Path
    packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interpreters:
    """The Python interpreters that convert, one for each version of scikit-learn."""

    cache: Path

    def for_sklearn(self, version: str) -> Interpreter:
        """Built first where it must be. TransientError when that fails for now."""
        science = _science(version)
        if _installed_here(science):
            here = str(metadata.distribution("scikit-learn").locate_file(""))
            return Interpreter(Path(sys.executable), (here,))
        requirements = _merged(_pins()["conversion"], science)
        abi = f"{sys.version_info.major}.{sys.version_info.minor}"
        home = self.cache / f"convert-{abi}-{_digest(requirements)}"
        _keep_private(self.cache)
        if not home.is_dir():
            build(home, requirements)
        return Interpreter(home / "bin" / "python")


def _keep_private(folder: Path) -> None:
    """What others could write to would run with our rights."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise PermissionError(f"{folder} can be written by others; remove it or choose another.")


def build(home: Path, requirements: list[str]) -> None:
    """An environment of these pins at `home`; made aside and renamed, so it is whole or absent."""
    with tempfile.TemporaryDirectory(dir=home.parent, prefix="building-") as scratch:
        environment, pins = Path(scratch) / "environment", Path(scratch) / "requirements.txt"
        pins.write_text("\n".join(requirements), "utf-8")
        _uv(["venv", "--python", sys.executable, "--relocatable", str(environment)])
        install = ["pip", "install", "--python", str(environment), "--no-deps"]
        _uv([*install, "--only-binary", ":all:", "--compile-bytecode", "-r", str(pins)])
        try:
            environment.rename(home)
        except OSError:
            if not home.is_dir():
                raise


def _installed_here(pins: list[str]) -> bool:
    """Whether the app's own interpreter has these very versions of what a model is made of."""
    wanted = dict(pin.split("==") for pin in pins)
    try:
        return all(metadata.version(name) == wanted[name] for name in _MODEL_LIBRARIES)
    except metadata.PackageNotFoundError:
        return False


def _uv(arguments: list[str]) -> None:
    from uv import find_uv_bin

    command = [find_uv_bin(), "--quiet", "--system-certs", "--no-progress", *arguments]
    try:
        done = subprocess.run(
            command,
            env=builder_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=BUILD_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        message = f"Building the environment took more than {BUILD_TIMEOUT_SECONDS} s."
        raise _not_built(message) from None
    if done.returncode == 0:
        return
    if "no version of" in done.stderr or "no wheels" in done.stderr:
        raise ModelRefused(
            "This model's scikit-learn cannot be installed on this platform.",
            code="model_unsupported",
            fix="Train and save the model again with a released scikit-learn.",
            detail=done.stderr[-2000:],
        )
    raise _not_built(f"Building the environment failed: {done.stderr[-500:]}")


def _not_built(message: str) -> TransientError:
    return TransientError(message, code="environment_not_built", wait_seconds=20)


def builder_environment() -> dict[str, str]:
    """Where packages come from, and nothing else: no key, no proxy, no certificate of the app's."""
    kept = {"HOME", "PATH", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"}
    return {
        name: value
        for name, value in os.environ.items()
        if name in kept or name.startswith(("UV_", "PIP_"))
    }
