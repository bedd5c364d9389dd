"""A sample of the benign corpus, trained here and with an older scikit-learn: served as trained.

All of it: `python -m tests.intake.benign.build`, then `python -m tests.intake.benign.convert`.
"""

import os
import subprocess
from pathlib import Path

import pytest

from shared.adapters.conversion.environments.cache import megabytes
from shared.adapters.conversion.environments.choose import choose
from shared.adapters.conversion.environments.interpreters import (
    TYPICAL_MB,
    Interpreter,
    Interpreters,
)
from shared.errors import TransientError
from tests.intake.benign.build import PROGRAMS, THREADS
from tests.intake.benign.convert import check
from tests.intake.benign.corpus import read
from tests.intake.benign.warm import WarmConverter

pytestmark = [pytest.mark.exhaustive, pytest.mark.timeout(900)]
"""The first test of a run may build an environment."""
SETS = {"own": {"scikit-learn": "1.9.1"}, "older": {"scikit-learn": "1.4.2", "numpy": "2"}}
CACHE_MB = 4000
PLACES = 90
"""One case in so many: some twenty files of each set, in about twenty seconds."""
LEAST = 15


@pytest.mark.parametrize("which", SETS)
def test_every_file_is_allowed_converted_and_predicts_as_it_did(
    which: str, cache: Path, tmp_path: Path
) -> None:
    try:
        with Interpreters(cache, CACHE_MB).lease(choose(SETS[which])[0]) as interpreter:
            train(which, interpreter, tmp_path / which)
    except TransientError as failure:
        pytest.skip(f"no environment with {SETS[which]}: {failure.message}")
    cases = read(tmp_path / which)
    assert len(cases) >= LEAST
    with WarmConverter(120, 2048, CACHE_MB, cache) as converter:
        failures = [
            failure
            for number, case in enumerate(cases)
            for failure in check(case, converter, tmp_path / str(number))
        ]
    assert failures == []


def test_an_environment_is_small(cache: Path) -> None:
    try:
        with Interpreters(cache, CACHE_MB).lease(choose(SETS["older"])[0]) as interpreter:
            assert megabytes(interpreter.python.parents[1]) <= TYPICAL_MB
    except TransientError as failure:
        pytest.skip(f"no environment with {SETS['older']}: {failure.message}")


def train(which: str, interpreter: Interpreter, into: Path) -> None:
    command = [str(interpreter.python), "-B", str(PROGRAMS / "run.py"), which, str(into)]
    place = ["--place", "7", "--places", str(PLACES)]
    scratch = into.parent / "scratch"
    scratch.mkdir()
    ran = subprocess.run(
        [*command, *place],
        capture_output=True,
        text=True,
        cwd=scratch,
        env={**os.environ, **THREADS},
    )
    assert ran.returncode == 0, ran.stderr
