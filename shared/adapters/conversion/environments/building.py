"""An environment of exact pins, from wheels only: by uv, or by pip where uv cannot run."""

import errno
import importlib.util
import os
import signal
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from shared.adapters.conversion.environments.slimming import slim
from shared.errors.models import ModelUnsupported
from shared.errors.waiting import EnvironmentNotBuilt

log = structlog.get_logger()

BUILD_TIMEOUT_SECONDS = 300
_WARM = """
import importlib
for name in (
    "joblib", "pandas", "scipy.stats", "scipy.interpolate", "sklearn.compose", "sklearn.ensemble",
    "sklearn.pipeline", "catboost", "category_encoders", "feature_engine.encoding",
    "feature_engine.imputation", "imblearn.pipeline", "lightgbm", "pycaret.internal.pipeline",
    "xgboost",
):
    try:
        importlib.import_module(name)
    except ImportError:
        pass
"""
"""What conversions import, done once so that its bytecode is kept; all of it would be 60 MB."""
_FULL_DISK = ("No space left on device", "os error 28", "Disk quota exceeded")
_NOT_SERVED = ("no version of", "no wheels", "No matching distribution found")
_CANNOT_RUN = (126, 127)
"""Exit codes of a program that could not be started."""


class DiskFull(Exception):
    """An environment does not fit on the disk."""


@dataclass(frozen=True)
class _Ended:
    code: int
    stderr: str


def build(home: Path, requirements: Sequence[str], scratch: Path) -> None:
    """An environment of these pins at `home`: whole, or absent.

    `scratch`: a folder beside it, of the builder's own, which whoever calls removes. Raises
    DiskFull; ModelRefused where a pin is not served; TransientError where that may pass.
    """
    environment, listed = scratch / "environment", scratch / "requirements.txt"
    try:
        (scratch / "tmp").mkdir(parents=True)
        listed.write_text("\n".join(requirements), "utf-8")
        venv.EnvBuilder(symlinks=True).create(environment)
        _install(environment, listed, scratch)
        slim(environment)
        _warm(environment, scratch)
        environment.rename(home)
    except OSError as failure:
        if failure.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(str(failure)) from failure
        raise EnvironmentNotBuilt(f"Building the environment failed: {failure}") from failure


def _install(environment: Path, listed: Path, scratch: Path) -> None:
    ended = _uv(environment, listed, scratch)
    if ended is None:
        ended = _run(_pip(environment, listed), scratch)
    if ended.code == 0:
        return
    if any(sign in ended.stderr for sign in _FULL_DISK):
        raise DiskFull(ended.stderr[-500:])
    answered = "(from versions: none)" not in ended.stderr  # else pip has met no index at all
    if answered and any(sign in ended.stderr for sign in _NOT_SERVED):
        raise ModelUnsupported(
            "The versions that this model needs cannot be installed on this platform.",
            fix="Train and save the model again with released versions of its libraries.",
            detail=ended.stderr[-2000:],
        )
    raise EnvironmentNotBuilt(f"Building the environment failed: {ended.stderr[-500:]}")


def _uv(environment: Path, listed: Path, scratch: Path) -> _Ended | None:
    """None where uv cannot run on this machine."""
    try:
        from uv import find_uv_bin

        command = [find_uv_bin(), "pip", "install", "--quiet", "--system-certs", "--no-progress"]
        command += ["--python", str(environment), "--no-deps", "--only-binary", ":all:"]
        if "UV_CACHE_DIR" not in os.environ:
            command += ["--cache-dir", str(scratch / "cache")]
        ended = _run([*command, "-r", str(listed)], scratch)
    except (ImportError, OSError) as failure:
        log.warning("uv_cannot_run", reason=str(failure))
        return None
    if ended.code < 0 or ended.code in _CANNOT_RUN:
        log.warning("uv_cannot_run", reason=f"exit code {ended.code}: {ended.stderr[-200:]}")
        return None
    return ended


def _pip(environment: Path, listed: Path) -> list[str]:
    """The app's own pip, or else the one that every Python brings for its environments."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = environment / "lib" / version / "site-packages"
    program = ["-P", "-m", "pip"]  # none that lies in the working folder
    if importlib.util.find_spec("pip") is None:
        import ensurepip

        wheel = next((Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"), None)
        if wheel is None:
            raise EnvironmentNotBuilt("Neither uv nor pip can run here.")
        program = [str(wheel / "pip")]
    command = [sys.executable, *program, "install", "--quiet", "--no-input", "--no-cache-dir"]
    command += ["--no-deps", "--only-binary", ":all:", "--no-compile"]
    return [*command, "--target", str(packages), "-r", str(listed)]


def _run(command: list[str], scratch: Path) -> _Ended:
    """Its end; past the time limit it is killed with all that it started. OSError."""
    with subprocess.Popen(
        command,
        env={**builder_environment(), "TMPDIR": str(scratch / "tmp")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            _, stderr = process.communicate(timeout=BUILD_TIMEOUT_SECONDS)
        except BaseException as stopped:
            os.killpg(process.pid, signal.SIGKILL)
            if not isinstance(stopped, subprocess.TimeoutExpired):
                raise
            message = f"Building the environment took more than {BUILD_TIMEOUT_SECONDS} s."
            raise EnvironmentNotBuilt(message) from None
    return _Ended(process.returncode, stderr)


def _warm(environment: Path, scratch: Path) -> None:
    """With bytecode of what every conversion imports."""
    _run([str(environment / "bin" / "python"), "-I", "-W", "ignore", "-c", _WARM], scratch)


def builder_environment() -> dict[str, str]:
    """Where packages come from, and nothing else: no key, no proxy, no certificate of the app's."""
    kept = {"HOME", "PATH", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"}
    return {
        name: value
        for name, value in os.environ.items()
        if name in kept or name.startswith(("UV_", "PIP_"))
    }
