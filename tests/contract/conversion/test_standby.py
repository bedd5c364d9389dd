"""The process that waits for the next file: one file each, no rights of its own, never too old."""

import os
import signal
import time
from pathlib import Path

import joblib
import pytest
from sklearn.linear_model import LinearRegression

from shared.adapters.conversion.converter import SandboxedConverter
from shared.adapters.conversion.environments.interpreters import Interpreter
from shared.adapters.conversion.sandbox import process as process_module
from shared.adapters.conversion.sandbox.process import Sandbox
from shared.adapters.conversion.sandbox.report import Converted
from shared.adapters.conversion.sandbox.standby import Standby
from tests.contract.conversion.conftest import LIMITS, trained
from tests.support.conversion import is_running, wait_until


@pytest.fixture
def standby() -> Standby:
    return Standby(LIMITS)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.joblib"
    joblib.dump(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]), path)
    return path


def pid_of(sandbox: Sandbox) -> int:
    return sandbox._process.pid


def waiting_of(standby: Standby) -> Sandbox:
    """The process that waits for the next file."""
    assert standby._waiting is not None
    return standby._waiting


def test_the_one_that_waits_converts_the_next_file(
    standby: Standby, interpreter: Interpreter, model: Path, tmp_path: Path
) -> None:
    standby.refill(interpreter)
    waiting = standby._waiting
    with standby.take(interpreter) as taken:
        assert taken is waiting
        assert isinstance(taken.run(model, tmp_path / "model.pkl", None).outcome, Converted)


def test_no_process_meets_two_files(standby: Standby, interpreter: Interpreter) -> None:
    standby.refill(interpreter)
    with standby.take(interpreter) as first, standby.take(interpreter) as second:
        assert first is not second
        assert pid_of(first) != pid_of(second)


def test_one_waits_however_often_it_is_asked_for(
    standby: Standby, interpreter: Interpreter
) -> None:
    standby.refill(interpreter)
    waiting = standby._waiting
    standby.refill(interpreter)
    assert standby._waiting is waiting
    with standby.take(interpreter) as first, standby.take(interpreter) as second:
        assert first.is_ready()
        assert second.is_ready()


def test_another_scikit_learn_gets_a_process_of_its_own(
    standby: Standby, interpreter: Interpreter
) -> None:
    standby.refill(interpreter)
    waiting = waiting_of(standby)
    other = Interpreter(interpreter.python, (*interpreter.packages, "/nowhere"))
    with standby.take(other) as taken:
        assert taken.interpreter == other
        assert not is_running(pid_of(waiting))


def test_one_that_has_died_is_not_given_a_file(
    standby: Standby, interpreter: Interpreter, model: Path, tmp_path: Path
) -> None:
    standby.refill(interpreter)
    os.kill(pid_of(waiting_of(standby)), signal.SIGKILL)
    wait_until(lambda: not waiting_of(standby).is_ready())
    with standby.take(interpreter) as fresh:
        assert isinstance(fresh.run(model, tmp_path / "model.pkl", None).outcome, Converted)


def test_one_that_waits_in_vain_ends_by_itself(
    standby: Standby, interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_module, "IDLE_SECONDS", 0.5)
    standby.refill(interpreter)
    assert waiting_of(standby)._process.wait(60) == 0


def test_one_that_may_end_soon_is_not_given_a_file(
    standby: Standby, interpreter: Interpreter
) -> None:
    standby.refill(interpreter)
    old = waiting_of(standby)
    old._usable_until = time.monotonic()
    with standby.take(interpreter) as fresh:
        assert fresh is not old
        assert not is_running(pid_of(old))


def test_nothing_of_it_is_left_when_its_owner_goes(interpreter: Interpreter) -> None:
    owner = Standby(LIMITS)
    owner.refill(interpreter)
    pid = pid_of(waiting_of(owner))
    assert is_running(pid)
    del owner
    wait_until(lambda: not is_running(pid))


def test_after_a_conversion_the_next_process_waits(
    cache: Path, model: Path, tmp_path: Path
) -> None:
    converter = SandboxedConverter(timeout_seconds=240, memory_mb=2048, cache_mb=4000, cache=cache)
    plan = converter.plan(converter.scan(model), model=trained())
    converter.convert(model, tmp_path / "m", plan)
    assert waiting_of(converter._standby).is_ready()
