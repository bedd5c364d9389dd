"""Environments are really built: once, whole, and outside of the emulated world."""

import asyncio
import logging
import subprocess
from pathlib import Path

import pytest

from devstack.azureml_emulator.serving.conda import OWN_PYTHON
from devstack.azureml_emulator.serving.images import BuildFailed, Images
from devstack.azureml_emulator.serving.recipes import Recipe
from devstack.azureml_emulator.tests.support.emulator import eventually

SMALL = Recipe(OWN_PYTHON, ("itsdangerous==2.2.0",))


def imports(interpreter: Path) -> bool:
    return subprocess.run([interpreter, "-c", "import itsdangerous"]).returncode == 0


def test_builds_of_the_same_pins_at_the_same_time_are_one(tmp_path: Path, caplog):
    async def build_twice() -> list[Path]:
        return await asyncio.gather(*(Images(tmp_path).build(SMALL) for _ in range(2)))

    with caplog.at_level(logging.INFO, "devstack.azureml_emulator.serving.images"):
        first, second = asyncio.run(build_twice())
    assert first == second
    assert imports(first)
    assert [record.message for record in caplog.records] == [f"building environment {SMALL.digest}"]


def test_what_a_killed_build_left_is_built_anew(tmp_path: Path):
    half_done = tmp_path / f"{SMALL.digest}.building"
    (half_done / "bin").mkdir(parents=True)
    (half_done / "bin" / "python").write_text("broken")
    assert imports(asyncio.run(Images(tmp_path).build(SMALL)))
    assert not half_done.exists()


def test_a_canceled_build_leaves_no_environment_and_no_process(tmp_path: Path):
    async def give_up_early() -> None:
        async with asyncio.timeout(0.03):
            await Images(tmp_path).build(SMALL)

    with pytest.raises(TimeoutError):
        asyncio.run(give_up_early())

    def nothing_runs() -> bool:
        found = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True)
        return found.stdout == ""

    eventually(nothing_runs, "the canceled build has no process left")
    assert not (tmp_path / SMALL.digest).exists()
    assert imports(asyncio.run(Images(tmp_path).build(SMALL)))


def test_an_unknown_python_is_the_installers_own_refusal(tmp_path: Path):
    with pytest.raises(BuildFailed, match=r"No interpreter found for Python 3.99"):
        asyncio.run(Images(tmp_path).build(Recipe("3.99", ())))
    assert not (tmp_path / Recipe("3.99", ()).digest).exists()


def test_a_failed_build_says_that_it_had_another_python(tmp_path: Path, monkeypatch):
    for place in ("PATH", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR"):
        monkeypatch.setenv(place, str(tmp_path / "no-python-here"))
    major, _, minor = OWN_PYTHON.partition(".")
    wanted = f"{major}.{int(minor) + 1}"
    with pytest.raises(BuildFailed, match=rf"Python {wanted} is not on this machine(?s:.*)0\.0\.0"):
        asyncio.run(Images(tmp_path).build(Recipe(wanted, ("itsdangerous==0.0.0",))))


def test_an_environment_has_the_bytecode_of_its_packages(tmp_path: Path):
    """A container may not write it: it would compile all its packages at every start."""
    interpreter = asyncio.run(Images(tmp_path).build(SMALL))
    assert list(interpreter.parents[1].rglob("itsdangerous/__pycache__/signer.*.pyc"))
    where = "import itsdangerous.signer as it; print(it.Signer.sign.__code__.co_filename)"
    found = subprocess.run([interpreter, "-c", where], capture_output=True, text=True, check=True)
    assert found.stdout.startswith(f"{tmp_path / SMALL.digest}/lib/")
    beside_pip = subprocess.run([interpreter, "-c", "import pkg_resources"], capture_output=True)
    assert beside_pip.returncode == 0, beside_pip.stderr
