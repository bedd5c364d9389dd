"""Models of an older scikit-learn, and of other libraries: served with their own versions.

They need environments of their own. Where one cannot be built, the tests are skipped and say why.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.conversion.converter import SandboxedConverter
from shared.adapters.conversion.environments.choose import choose
from shared.adapters.conversion.environments.interpreters import Interpreter, Interpreters
from shared.errors import TransientError
from shared.errors.models import ModelRefused
from tests.contract.conversion.conftest import ROOT, trained
from tests.support import conversion_train

pytestmark = [pytest.mark.exhaustive, pytest.mark.timeout(900)]
"""The first test of a run builds an environment."""
SETS = {
    "older": {"scikit-learn": "1.4.2", "numpy": "2"},
    "others": {"scikit-learn": "1.6.1", "xgboost": "unknown", "category-encoders": "unknown"},
    "lightgbm 4.3": {"scikit-learn": "1.4.2", "numpy": "1", "lightgbm": "4.3.0"},
    "lightgbm 4.7": {"scikit-learn": "1.4.2", "numpy": "1", "lightgbm": "4.7.0"},
}
SERVE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from serving.served import Served
import json
print(json.dumps(Served.load(Path(sys.argv[2])).answer(sys.stdin.buffer.read())))
"""
CASES = [
    ("older", "joblib"),
    ("older", "protocol 2"),
    ("older", "random state"),
    ("older", "labels of bytes"),
    ("others", "encoded boosting"),
    ("others", "boosting"),
    ("lightgbm 4.3", "calibrated"),
    ("lightgbm 4.7", "calibrated"),
]


@dataclass
class Trained:
    interpreter: Interpreter
    folder: Path
    models: dict[str, tuple[list[str], list[list[Any]], str, list[Any]]]
    """Columns, rows, a method and what it says of the rows, by the file's name."""


@pytest.fixture(scope="session")
def trainings(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Trains with a set of versions, once."""
    done: dict[str, Trained | str] = {}
    with ExitStack() as leases:

        def train(which: str) -> Trained | str:
            lease = Interpreters(cache, 4000).lease(choose(SETS[which])[0])
            try:
                interpreter = leases.enter_context(lease)
            except TransientError as failure:
                return failure.message
            folder = tmp_path_factory.mktemp(which)
            ran = subprocess.run(
                [interpreter.python, "-I", conversion_train.__file__, which, folder],
                capture_output=True,
                text=True,
            )
            assert ran.returncode == 0, ran.stderr
            return Trained(interpreter, folder, json.loads(ran.stdout.splitlines()[-1]))

        def once(which: str) -> Trained:
            if which not in done:
                done[which] = train(which)
            if isinstance(found := done[which], str):
                pytest.skip(f"no environment with {SETS[which]}: {found}")
            return found

        yield once


@pytest.mark.parametrize(("which", "name"), CASES)
def test_a_model_is_served_with_the_versions_that_it_was_trained_with(
    trainings: Any, which: str, name: str, converter: SandboxedConverter, tmp_path: Path
) -> None:
    training = trainings(which)
    columns, rows, method, expected = training.models[name]
    verdict = converter.scan(training.folder / name)
    assert verdict.verdict == "allowed", verdict
    version = SETS[which]["scikit-learn"]
    assert verdict.libraries.get("scikit-learn", version) == version
    plan = converter.plan(verdict, model=trained())
    serving = converter.convert(training.folder / name, tmp_path / "m", plan)
    assert [column.name for column in serving.columns] == columns
    if "scikit-learn" in verdict.libraries:
        assert f"scikit-learn=={version}" in serving.requirements
        assert f"sklearn_version: {version}" in (tmp_path / "m" / "MLmodel").read_text()
    asked = {"data": rows, "params": {"method": method}}
    assert _served(training.interpreter, tmp_path / "m", asked) == expected
    assert len(_served(training.interpreter, tmp_path / "m", {"data": [serving.example]})) == 1


def test_a_booster_whose_trees_reach_outside_is_refused(
    trainings: Any, converter: SandboxedConverter, tmp_path: Path
) -> None:
    data = (trainings("others").folder / "boosting").read_bytes()
    start = data.index(b"left_children[$l#L") + len(b"left_children[$l#L") + 8
    file = tmp_path / "boosting"
    file.write_bytes(data[:start] + (10**6).to_bytes(4, "big") + data[start + 4 :])
    plan = converter.plan(converter.scan(file), model=trained())
    with pytest.raises(ModelRefused, match="is no tree") as refused:
        converter.convert(file, tmp_path / "m", plan)
    assert refused.value.code == "model_unsafe"


def _served(interpreter: Interpreter, folder: Path, payload: dict[str, Any]) -> list[Any]:
    ran = subprocess.run(
        [interpreter.python, "-I", "-W", "ignore", "-c", SERVE, ROOT, folder],
        input=json.dumps(payload),
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def test_the_versions_that_loaded_the_model_are_told(
    trainings: Any, converter: SandboxedConverter, tmp_path: Path
) -> None:
    file = trainings("older").folder / "random state"
    plan = converter.plan(converter.scan(file), model=trained())
    serving = converter.convert(file, tmp_path / "m", plan)
    assert serving.notes[-1].startswith("Converted with scikit-learn 1.4.2 with numpy 2.0.2")
