"""A conversion that was taken over: it finds no credentials and no way out, and ends in time.

The worker imports joblib only once it is confined; these tests give it one that misbehaves.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from shared.conversion import landlock
from shared.conversion.environments import Interpreter
from shared.conversion.job import Job, Report
from shared.conversion.sandbox import Sandbox
from shared.errors import ModelRefused
from tests.support import conversion

Misbehave = Callable[..., tuple[Report, str]]
ESCAPE = Path(conversion.__file__).with_name("conversion_escape.py")

RUN = """
import sys
from pathlib import Path
from shared.conversion.environments import Interpreter
from shared.conversion.job import Job
from shared.conversion.sandbox import Sandbox

python, *packages, file = sys.argv[1:]
interpreter = Interpreter(Path(python), tuple(packages))
with Sandbox(interpreter, timeout_seconds=60, memory_mb=1024) as sandbox:
    print(sandbox.scratch, flush=True)
    sandbox.run(Path(file), Job(feature_names=None, requirements=[], version="v"))
"""
JOB = Job(feature_names=None, requirements=[], version="v")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "local.settings.json"
    path.write_text("the key")
    return path


@pytest.fixture
def taken_over(tmp_path: Path, secret: Path) -> Callable[[str], Interpreter]:
    """A python whose joblib does `deed` when the confined worker imports it."""

    def install(deed: str) -> Interpreter:
        packages = tmp_path / "site-packages"
        (packages / "joblib").mkdir(parents=True)
        (packages / "joblib" / "__init__.py").touch()
        source = ESCAPE.read_text().replace("@SECRET@", str(secret))
        (packages / "joblib" / "numpy_pickle.py").write_text(source.replace("@DEED@", deed))
        installed = str(metadata.distribution("pydantic").locate_file(""))
        return Interpreter(Path(sys._base_executable), (str(packages), installed))

    return install


@pytest.fixture
def misbehave(taken_over: Callable[[str], Interpreter], secret: Path) -> Misbehave:
    """Run the real sandbox with a python that was taken over: its report, and what it noted."""

    def run(deed: str, *, timeout_seconds: int = 100, memory_mb: int = 1024) -> tuple[Report, str]:
        with Sandbox(
            taken_over(deed), timeout_seconds=timeout_seconds, memory_mb=memory_mb
        ) as sandbox:
            report = sandbox.run(secret, JOB)
            notes = sandbox.scratch / "notes.json"
            return report, notes.read_text() if notes.exists() else ""

    return run


@pytest.fixture
def notes(misbehave: Misbehave, monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.setenv("SUPABASE_SERVICE_KEY", "the key")
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:1/identity")
    _, noted = misbehave("note")
    return json.loads(noted)


@pytest.mark.skipif(not landlock.abi(), reason="files are hidden by Landlock, from Linux 5.13")
def test_every_way_out_is_stopped(notes: dict) -> None:
    assert [attempt for attempt, stopped in notes["stopped"].items() if not stopped] == []


def test_it_finds_no_credentials_in_its_environment(notes: dict) -> None:
    assert not {name for name in notes["facts"]["environment"] if name.startswith(("SUPA", "IDEN"))}
    assert "PATH" not in notes["facts"]["environment"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a process another user")
def test_it_runs_as_a_user_of_its_own(notes: dict) -> None:
    assert notes["facts"]["user"] in range(30_000, 60_000)


def test_libraries_still_have_threads(notes: dict) -> None:
    assert notes["facts"]["thread"] is True


def test_it_is_killed_when_its_time_is_up(misbehave: Misbehave, tmp_path: Path) -> None:
    with pytest.raises(ModelRefused) as refusal:
        misbehave("spin", timeout_seconds=2)
    assert refusal.value.code == "model_conversion_timed_out"
    assert "2 s" in refusal.value.message
    wait_until(lambda: processes_naming(str(tmp_path)) == [])


def test_it_cannot_take_more_memory_than_its_limit(misbehave: Misbehave) -> None:
    outcome = misbehave("swallow", memory_mb=600)[0].outcome
    assert outcome.code == "model_needs_too_much_memory"
    assert "600 MB" in outcome.message


def test_it_dies_with_its_parent(
    taken_over: Callable[[str], Interpreter], secret: Path, tmp_path: Path
) -> None:
    python = taken_over("spin")
    arguments = [sys.executable, "-c", RUN, python.python, *python.packages, secret]
    parent = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    with parent:
        scratch = Path(parent.stdout.readline().strip())
        wait_until(lambda: (scratch / "spinning").exists())
        parent.kill()
    wait_until(lambda: processes_naming(str(tmp_path)) == [])


def test_a_crash_is_explained(misbehave: Misbehave) -> None:
    with pytest.raises(ModelRefused, match="SIGSEGV") as refusal:
        misbehave("crash")
    assert refusal.value.code == "model_conversion_failed"


def test_its_report_cannot_point_at_the_apps_files(misbehave: Misbehave) -> None:
    with pytest.raises(ModelRefused, match="no report") as refusal:
        misbehave("link_out")
    assert "the key" not in f"{refusal.value.message}{refusal.value.detail}"


def wait_until(happened: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def processes_naming(words: str) -> list[bytes]:
    """Command lines on this machine that hold `words`."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            lines.append(path.read_bytes())
    return [line for line in lines if words.encode() in line]
