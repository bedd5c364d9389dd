"""Builds the honest corpus: `python -m tests.intake.benign.build --into DIR [--only NAME]`.

Makes each environment that is not in the cache folder yet with uv, and runs the programs in it.
DIR gets a folder per environment: each case's file, and its JSON of rows and predictions.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.intake.benign.environments import ENVIRONMENTS, Environment

PROGRAMS = Path(__file__).with_name("programs")
PYTHON = "3.11"
BUILD_SECONDS = 900
RUN_SECONDS = 900
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
"""The environment's variables with which the same models are fitted every time."""


def interpreter(environment: Environment, cache: Path) -> Path:
    """The Python of `environment`, built into `cache` when it is not there yet.

    Raises subprocess.CalledProcessError where uv cannot build it; the half-built folder goes.
    """
    folder = cache / environment.name
    python = folder / "bin" / "python"
    if python.exists():
        return python
    uv = str(Path(sys.executable).with_name("uv"))
    uv = uv if Path(uv).exists() else "uv"
    cache.mkdir(parents=True, exist_ok=True)
    try:
        for command in (
            [uv, "venv", "--quiet", "--python", PYTHON, str(folder)],
            [uv, "pip", "install", "--quiet", "--python", str(python), *environment.requirements],
        ):
            subprocess.run(command, check=True, timeout=BUILD_SECONDS)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return python


def write(environment: Environment, cache: Path, into: Path, everything: bool = False) -> int:
    """Runs the programs in `environment`; how they ended (0: at least one file was written)."""
    command = [
        str(interpreter(environment, cache)),
        "-B",
        str(PROGRAMS / "run.py"),
        environment.name,
        str((into / environment.name).resolve()),
        "--place",
        str(environment.place),
        "--places",
        str(environment.places),
    ]
    scratch = into / ".scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    ended = subprocess.run(
        [*command, "--all"] if everything else command,
        check=False,
        cwd=scratch,
        env={**os.environ, **THREADS},
        timeout=RUN_SECONDS,
    )
    return ended.returncode


def main() -> int:
    """0 where every environment that was asked for wrote files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, required=True, help="where the corpus goes")
    parser.add_argument("--cache", type=Path, help="where environments are; else DIR/.environments")
    parser.add_argument("--only", action="append", help="these environments only")
    parser.add_argument("--all", action="store_true", help="every case in every environment")
    asked = parser.parse_args()
    cache = asked.cache or asked.into / ".environments"
    chosen = [one for one in ENVIRONMENTS if not asked.only or one.name in asked.only]
    if not chosen:
        parser.error(f"no such environment; there are {', '.join(e.name for e in ENVIRONMENTS)}")
    failed = []
    for environment in chosen:
        try:
            if write(environment, cache, asked.into, asked.all):
                failed.append(environment.name)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as cause:
            print(f"{environment.name}: {cause}", file=sys.stderr)
            failed.append(environment.name)
    if failed:
        print(f"nothing from {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
