"""Environments are built once by uv and kept between runs; good models are converted once a run."""

import functools
import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.conversion.converter import SandboxedConverter
from shared.adapters.conversion.environments.building import build
from shared.adapters.conversion.environments.choose import choose
from shared.adapters.conversion.environments.interpreters import Interpreter, Interpreters
from shared.adapters.conversion.environments.pinned_set import PinnedSet
from shared.adapters.conversion.sandbox.process import Limits
from shared.domain.model import ServingRecipe, TrainedModel, Verdict
from shared.errors.models import ModelRefused
from tests.support import conversion_harness
from tests.support.conversion_estimators import Case, cases
from tests.support.conversion_honest import honest

ROOT = Path(__file__).parents[3]
LIMITS = Limits(timeout_seconds=240, memory_mb=2048)
SKLEARN = {"scikit-learn": "1.9.1"}
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
    serving: ServingRecipe


@pytest.fixture(scope="session")
def cache() -> Path:
    folder = Path(tempfile.gettempdir()) / "slipway-test-environments"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def converter(cache: Path) -> SandboxedConverter:
    return SandboxedConverter(
        timeout_seconds=LIMITS.timeout_seconds,
        memory_mb=LIMITS.memory_mb,
        cache_mb=4000,
        cache=cache,
    )


@pytest.fixture(scope="session")
def interpreter(cache: Path) -> Iterator[Interpreter]:
    with Interpreters(cache).lease(choose(SKLEARN)[0]) as leased:
        yield leased


@pytest.fixture(scope="session")
def good() -> dict[str, Case]:
    return {**cases(), **honest()}


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
        case.save(case.model, file, number % 4)
        verdict = converter.scan(file)
        plan = converter.plan(verdict, model=trained(case.metadata))
        return Converted(case, file, verdict, folder, converter.convert(file, folder, plan))

    return convert


@pytest.fixture(scope="session")
def outcomes(
    good: dict[str, Case], convert: Callable[[str], Converted]
) -> dict[str, Converted | ModelRefused]:
    def attempt(name: str) -> Converted | ModelRefused:
        try:
            return convert(name)
        except ModelRefused as refusal:
            return refusal

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(good, pool.map(attempt, good), strict=True))


@pytest.fixture(scope="session")
def converted(outcomes: dict[str, Converted | ModelRefused]) -> dict[str, Converted]:
    return {name: each for name, each in outcomes.items() if isinstance(each, Converted)}


@pytest.fixture(scope="session")
def serving_python(cache: Path) -> Path:
    pinned: PinnedSet = choose(SKLEARN)[0]
    home = cache / pinned.environment_name
    if not home.is_dir():
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            build(home, pinned.serving_requirements(), Path(scratch))
    return home / "bin" / "python"


@pytest.fixture(scope="session")
def score(serving_python: Path) -> Callable[[dict[Path, list[Answer]]], list[list[Answer]]]:
    """score.py in its own environment: the answers to each model's requests."""

    def ask(requests: dict[Path, list[Answer]]) -> list[list[Answer]]:
        jobs = [{"model": str(folder), "requests": sent} for folder, sent in requests.items()]
        done = subprocess.run(
            [serving_python, conversion_harness.__file__, ROOT],
            input=json.dumps(jobs),
            capture_output=True,
            text=True,
            env={"OMP_NUM_THREADS": "1"},
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask
