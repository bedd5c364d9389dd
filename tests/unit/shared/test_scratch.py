"""Temporary folders end with their process, or at the next one's start."""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from shared import scratch as scratch_module
from shared import services as services_module
from shared.scratch import scratch

LIVE = """
from shared.scratch import scratch
with scratch() as folder:
    print(folder, flush=True)
    input()
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    scratch_module.sweep.cache_clear()
    return tmp_path


def living(folder: Path) -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen(
        [sys.executable, "-c", LIVE],
        cwd=Path(__file__).parents[3],
        env={"TMPDIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def test_a_folder_is_gone_when_it_is_left(folder: Path) -> None:
    with scratch() as files:
        (files / "model").write_text("x")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_the_next_start_removes_what_a_killed_process_left(
    folder: Path, ending: signal.Signals
) -> None:
    process, left = living(folder)
    process.send_signal(ending)
    process.communicate()
    assert left.exists()
    with scratch():
        assert not left.exists()


def test_what_a_killed_process_left_goes_when_the_app_makes_its_services(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its timers make them when it starts, before anything is deployed."""
    process, left = living(folder)
    process.kill()
    process.communicate()
    monkeypatch.setattr(services_module, "load_settings", lambda: None)
    monkeypatch.setattr(services_module, "compose", lambda _: None)
    services_module.services.__wrapped__()
    assert not left.exists()


def test_a_living_process_keeps_its_folder(folder: Path) -> None:
    process, kept = living(folder)
    with scratch():
        assert kept.exists()
    process.communicate("\n")
    assert not kept.exists()
