"""A conversion that was taken over: it finds no credentials and no way out, and ends in time.

The worker imports scikit-learn only once it is confined and has a model to load; these tests give
it one that misbehaves.
"""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from serving.walls import landlock
from shared.adapters.conversion.converter import SandboxedConverter
from shared.adapters.conversion.environments.interpreters import Interpreter
from shared.adapters.conversion.environments.pinned_set import PinnedSet
from shared.adapters.conversion.sandbox.process import Limits, Sandbox
from shared.adapters.conversion.sandbox.report import Failure, Report
from shared.errors.models import ModelRefused
from tests.contract.conversion.conftest import ROOT, trained
from tests.support import conversion as files
from tests.support.conversion import is_running, wait_until

ESCAPE = Path(files.__file__).with_name("conversion_escape.py")
RIDGE = files.spell(files.name("sklearn.linear_model._ridge", "Ridge") + b")\x81}b")
"""Loading it imports scikit-learn."""
RUN = """
import sys
from pathlib import Path
from shared.adapters.conversion.environments.interpreters import Interpreter
from shared.adapters.conversion.sandbox.handover import send
from shared.adapters.conversion.sandbox.process import Limits, Sandbox

python, *packages, file, artifact = sys.argv[1:]
sandbox = Sandbox(Interpreter(Path(python), tuple(packages)), Limits(60, 1024))
send(sandbox._channel, {"feature_names": None}, Path(file), Path(artifact))
print(sandbox._process.pid, sandbox._log.readline().decode(), flush=True)
sandbox._process.wait()
"""
Misbehave = Callable[..., Report]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "local.settings.json"
    path.write_text("the key")
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return files.write(tmp_path, RIDGE)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that has no packages of its own, which would come before ours."""
    home = tmp_path_factory.mktemp("python")
    venv.EnvBuilder(symlinks=True).create(home)
    return home / "bin" / "python"


@pytest.fixture
def taken_over(python: Path, tmp_path: Path, secret: Path) -> Callable[[str], Interpreter]:
    """A python whose scikit-learn does `deed` when the confined worker imports it."""

    def install(deed: str) -> Interpreter:
        packages = tmp_path / "site-packages"
        (packages / "sklearn").mkdir(parents=True)
        source = ESCAPE.read_text().replace("@SECRET@", str(secret))
        (packages / "sklearn" / "__init__.py").write_text(source.replace("@DEED@", deed))
        (packages / "joblib.py").write_text("raise ImportError")  # so that nothing is rehearsed
        installed = str(metadata.distribution("numpy").locate_file(""))
        return Interpreter(python, (str(packages), installed))

    return install


@pytest.fixture
def misbehave(taken_over: Callable[[str], Interpreter], model: Path, tmp_path: Path) -> Misbehave:
    """Run the real sandbox with a python that was taken over; nothing of it is left running."""

    def run(deed: str, *, timeout_seconds: int = 100, memory_mb: int = 1024) -> Report:
        limits = Limits(timeout_seconds, memory_mb)
        with Sandbox(taken_over(deed), limits) as sandbox:
            try:
                return sandbox.run(model, tmp_path / "model.pkl", None)
            finally:
                assert not is_running(sandbox._process.pid)

    return run


@pytest.fixture
def notes(misbehave: Misbehave, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("SUPABASE_SERVICE_KEY", "the key")
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:1/identity")
    with pytest.raises(ModelRefused, match="exit code 3 and no report") as refusal:
        misbehave("note")
    return json.loads(refusal.value.detail or "")


@pytest.mark.skipif(not landlock.abi(), reason="files are hidden by Landlock, from Linux 5.13")
def test_every_way_out_is_stopped(notes: dict[str, Any]) -> None:
    assert [attempt for attempt, stopped in notes["stopped"].items() if not stopped] == []


def test_it_finds_no_credentials_in_its_environment(notes: dict[str, Any]) -> None:
    assert not {name for name in notes["facts"]["environment"] if name.startswith(("SUPA", "IDEN"))}
    assert "PATH" not in notes["facts"]["environment"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a process another user")
def test_it_runs_as_a_user_of_its_own(notes: dict[str, Any]) -> None:
    assert notes["facts"]["user"] in range(30_000, 60_000)


def test_libraries_still_have_threads(notes: dict[str, Any]) -> None:
    assert notes["facts"]["thread"] is True


def test_its_memory_is_bounded_from_the_start(notes: dict[str, Any]) -> None:
    assert notes["facts"]["address space"] == 1024 << 20


def test_it_is_killed_when_its_time_is_up(misbehave: Misbehave) -> None:
    with pytest.raises(ModelRefused) as refusal:
        misbehave("spin", timeout_seconds=2)
    assert refusal.value.code == "model_conversion_timed_out"
    assert "2 s" in refusal.value.message


def test_it_cannot_take_more_memory_than_its_limit(misbehave: Misbehave) -> None:
    outcome = misbehave("swallow", memory_mb=600).outcome
    assert isinstance(outcome, Failure)
    assert outcome.code == "model_needs_too_much_memory"
    assert "600 MB" in outcome.message


def test_it_cannot_take_more_disk_than_its_limit(misbehave: Misbehave, tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match=r"SIGXFSZ|exit code 3"):
        misbehave("fill", memory_mb=600)
    written = sum(path.stat().st_blocks * 512 for path in tmp_path.rglob("*") if path.is_file())
    assert written < 601 << 20


def test_it_dies_with_its_parent(
    taken_over: Callable[[str], Interpreter], model: Path, tmp_path: Path
) -> None:
    python = taken_over("spin")
    arguments = map(str, [python.python, *python.packages, model, tmp_path / "model.pkl"])
    command = [sys.executable, "-c", RUN, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout is not None
        pid, word = parent.stdout.readline().split()
        assert (word, is_running(int(pid))) == ("spinning", True)
        parent.kill()
    wait_until(lambda: not is_running(int(pid)))


def test_a_crash_is_explained(misbehave: Misbehave) -> None:
    with pytest.raises(ModelRefused, match="SIGSEGV") as refusal:
        misbehave("crash")
    assert refusal.value.code == "model_conversion_failed"


@pytest.mark.parametrize(
    "deed",
    [
        "report_no_json",
        "report_other_bytes",
        "report_too_much",
        "report_long_words",
        "report_more_fields",
    ],
)
def test_a_report_that_is_none_counts_as_none(misbehave: Misbehave, deed: str) -> None:
    with pytest.raises(ModelRefused, match="exit code 0 and no report") as refusal:
        misbehave(deed)
    assert refusal.value.code == "model_conversion_failed"
    assert "the key" not in f"{refusal.value.message}{refusal.value.detail}"


class TakenOver:
    """Interpreters, all of which were taken over."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter

    @contextmanager
    def lease(self, pinned: PinnedSet) -> Iterator[Interpreter]:
        yield self.interpreter


@pytest.mark.parametrize(
    ("deed", "message"),
    [
        ("report_unknown_code", "^m$"),
        ("report_without_a_model", "The converted model cannot be served: The file cannot be read"),
    ],
)
def test_the_app_believes_nothing_that_it_is_told(
    taken_over: Callable[[str], Interpreter],
    model: Path,
    tmp_path: Path,
    deed: str,
    message: str,
) -> None:
    converter = SandboxedConverter(100, 1024, 600, tmp_path / "cache")
    converter.__dict__["_interpreters"] = TakenOver(taken_over(deed))
    plan = converter.plan(converter.scan(model), model=trained())
    with pytest.raises(ModelRefused, match=message) as refusal:
        converter.convert(model, tmp_path / "m", plan)
    assert refusal.value.code == "model_conversion_failed"
