"""Environments are built once by uv and kept between runs; good models are converted once a run."""

import functools
import json
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import pytest

from shared.azureml import scoring
from shared.conversion import environments
from shared.conversion.converter import SandboxedConverter
from shared.conversion.environments import Interpreters
from shared.schemas.model import Serving, TrainedModel, Verdict
from tests.support import conversion_harness
from tests.support.conversion_estimators import Case, cases

SCORE = Path(scoring.__path__[0]) / "score.py"
Answer = dict[str, Any]


def trained(metadata: dict[str, Any] | None = None) -> TrainedModel:
    return TrainedModel(
        id="m", user_id="u", model_name="test", file_path="u/m.joblib", metadata=metadata or {}
    )


@dataclass
class Converted:
    case: Case
    file: Path
    verdict: Verdict
    folder: Path
    serving: Serving


@pytest.fixture(scope="session")
def cache() -> Path:
    folder = Path(tempfile.gettempdir()) / "slipway-test-environments"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def converter(cache: Path) -> SandboxedConverter:
    return SandboxedConverter(timeout_seconds=240, memory_mb=2048, cache=cache)


@pytest.fixture(scope="session")
def interpreter(cache: Path) -> environments.Interpreter:
    return Interpreters(cache).for_sklearn("1.9.1")


@pytest.fixture(scope="session")
def good() -> dict[str, Case]:
    return cases()


@pytest.fixture(scope="session")
def convert(
    good: dict[str, Case], converter: SandboxedConverter, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Converted]:
    """Converts a good model by its name, once: each takes seconds of a processor."""
    root, numbers = tmp_path_factory.mktemp("good"), {name: n for n, name in enumerate(good)}

    @functools.cache
    def convert(name: str) -> Converted:
        number, case = numbers[name], good[name]
        file, folder = root / f"{number}.joblib", root / str(number)
        joblib.dump(case.model, file, compress=number % 4)
        verdict = converter.scan(file)
        serving = converter.convert(file, folder, verdict=verdict, model=trained(case.metadata))
        return Converted(case, file, verdict, folder, serving)

    return convert


@pytest.fixture(scope="session")
def converted(good: dict[str, Case], convert: Callable[[str], Converted]) -> dict[str, Converted]:
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(good, pool.map(convert, good), strict=True))


@pytest.fixture(scope="session")
def serving_python(cache: Path) -> Path:
    requirements = environments.serving_requirements("1.9.1")
    home = cache / environments.environment_name(requirements)
    if not home.is_dir():
        environments.build(home, requirements)
    return home / "bin" / "python"


@pytest.fixture(scope="session")
def score(serving_python: Path) -> Callable[[dict[Path, list[Answer]]], list[list[Answer]]]:
    """score.py in its own environment: the answers to each model's requests."""

    def ask(requests: dict[Path, list[Answer]]) -> list[list[Answer]]:
        jobs = [{"model": str(folder), "requests": sent} for folder, sent in requests.items()]
        done = subprocess.run(
            [serving_python, conversion_harness.__file__, SCORE],
            input=json.dumps(jobs),
            capture_output=True,
            text=True,
            env={"OMP_NUM_THREADS": "1"},
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask
