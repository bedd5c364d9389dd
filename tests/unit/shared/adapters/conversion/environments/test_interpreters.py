"""Interpreters are built from real wheels, once, within a bound, and whatever the disk does."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import time

import pytest

from shared.adapters.conversion.environments import building
from shared.adapters.conversion.environments import interpreters as module
from shared.adapters.conversion.environments.cache import EnvironmentCache, megabytes
from shared.adapters.conversion.environments.choose import choose
from shared.adapters.conversion.environments.interpreters import Interpreter, Interpreters
from shared.adapters.conversion.environments.pinned_set import PinnedSet
from shared.errors.models import ModelRefused
from shared.errors.waiting import EnvironmentNotBuilt

FIRST, SECOND, THIRD = (PinnedSet((f"{name}==1.0",)) for name in ("first", "second", "third"))
ROOT = Path(__file__).parents[6]


def python(interpreter: Interpreter, code: str) -> str:
    ran = subprocess.run(
        [interpreter.python, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def leased(interpreters: Interpreters, pinned: PinnedSet) -> Path:
    """The environment's folder, once it was used."""
    with interpreters.lease(pinned) as interpreter:
        name = pinned.pins[0].split("==")[0]
        assert python(interpreter, f"import {name}; print({name}.version)") == "1.0"
        return interpreter.python.parent.parent


def used(home: Path, seconds_ago: int) -> None:
    os.utime(home.with_name(f"{home.name}.lock"), (time() - seconds_ago,) * 2)


@pytest.fixture
def cache(tmp_path: Path, index: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Environments of 3 MB are typical here."""
    monkeypatch.setattr(module, "TYPICAL_MB", 4)


def test_an_environment_is_built_once_and_holds_no_installer(cache: Path) -> None:
    home = leased(Interpreters(cache), FIRST)
    made = home.stat().st_ctime_ns
    assert leased(Interpreters(cache), FIRST) == home
    assert home.stat().st_ctime_ns == made
    assert not list(home.rglob("pip")) + list(cache.glob("building-*"))
    assert megabytes(home) == 4


def test_the_least_used_goes_when_the_bound_is_reached(cache: Path, small: None) -> None:
    interpreters = Interpreters(cache, limit_mb=9)
    first, second = leased(interpreters, FIRST), leased(interpreters, SECOND)
    used(first, 50)
    used(second, 100)
    third = leased(interpreters, THIRD)
    assert [home.is_dir() for home in (first, second, third)] == [True, False, True]


def test_use_is_what_counts_and_not_age(cache: Path, small: None) -> None:
    interpreters = Interpreters(cache, limit_mb=9)
    first, second = leased(interpreters, FIRST), leased(interpreters, SECOND)
    used(first, 100)
    used(second, 50)
    leased(interpreters, FIRST)
    leased(interpreters, THIRD)
    assert first.is_dir()
    assert not second.exists()


def test_an_environment_in_use_stays(cache: Path, small: None) -> None:
    interpreters = Interpreters(cache, limit_mb=1)
    with interpreters.lease(FIRST) as interpreter:
        second = leased(interpreters, SECOND)
        assert python(interpreter, "import first; print(first.version)") == "1.0"
    leased(interpreters, THIRD)
    assert not interpreter.python.exists()
    assert not second.exists()


def test_two_processes_build_the_same_set_once(cache: Path, tmp_path: Path) -> None:
    counted = tmp_path / "builds"
    code = (
        "import sys; from pathlib import Path\n"
        "from shared.adapters.conversion.environments import interpreters as module\n"
        "from shared.adapters.conversion.environments.pinned_set import PinnedSet\n"
        "build = module.build\n"
        "def counting(*arguments):\n"
        f"    with open({str(counted)!r}, 'a') as file: file.write('x')\n"
        "    build(*arguments)\n"
        "module.build = counting\n"
        "pinned = PinnedSet(('first==1.0',))\n"
        f"with module.Interpreters(Path({str(cache)!r})).lease(pinned) as one:\n"
        "    print(one.python.is_file())\n"
    )

    def lease(_: int) -> str:
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lease, range(3))) == ["True\n"] * 3
    assert counted.read_text() == "x"


def test_what_a_dead_builder_has_left_is_removed_and_a_live_ones_is_not(cache: Path) -> None:
    dead, alive = cache / "building-dead", cache / "building-alive"
    for folder in (dead, alive):
        (folder / "environment").mkdir(parents=True, mode=0o700)
    cache.chmod(0o700)
    environments = EnvironmentCache(cache, 600)
    with environments.being_built("alive"):
        environments.open()
        assert not dead.exists()
        assert alive.is_dir()
    assert not alive.exists()


@pytest.mark.parametrize(
    "program", ["#!/bin/sh\nkill -SEGV $$\n", "#!/bin/sh\nexit 126\n", "\x7fELF broken", None]
)
def test_where_uv_cannot_run_pip_builds_the_same(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str | None
) -> None:
    uv = tmp_path / "uv"
    if program:
        uv.write_text(program)
        uv.chmod(0o755)
    monkeypatch.setattr("uv.find_uv_bin", lambda: str(uv))
    leased(Interpreters(cache), FIRST)


def test_without_its_own_pip_the_app_uses_the_one_that_python_brings(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uv.find_uv_bin", lambda: "/nowhere/uv")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    leased(Interpreters(cache), FIRST)


@pytest.mark.parametrize("uv", [True, False])
def test_a_version_that_is_not_served_is_refused(
    cache: Path, monkeypatch: pytest.MonkeyPatch, uv: bool
) -> None:
    if not uv:
        monkeypatch.setattr("uv.find_uv_bin", lambda: "/nowhere/uv")
    with (
        pytest.raises(ModelRefused, match="cannot be installed") as told,
        Interpreters(cache).lease(PinnedSet(("first==9.0",))),
    ):
        pass
    assert told.value.code == "model_unsupported"
    assert "first" in (told.value.detail or "")


def test_a_failed_build_is_worth_another_try_and_leaves_nothing(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "uv"
    broken.write_text("#!/bin/sh\necho cannot connect >&2\nexit 2\n")
    broken.chmod(0o755)
    monkeypatch.setattr("uv.find_uv_bin", lambda: str(broken))
    with (
        pytest.raises(EnvironmentNotBuilt, match=r"cannot connect"),
        Interpreters(cache).lease(FIRST),
    ):
        pass
    assert not [entry for entry in cache.iterdir() if entry.is_dir()]


def test_a_build_without_an_end_is_killed_with_what_it_started(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless, child = tmp_path / "uv", tmp_path / "child"
    endless.write_text(f"#!/bin/sh\nsleep 600 & echo $! > {child}; wait\n")
    endless.chmod(0o755)
    monkeypatch.setattr("uv.find_uv_bin", lambda: str(endless))
    monkeypatch.setattr(building, "BUILD_TIMEOUT_SECONDS", 1)
    with (
        pytest.raises(EnvironmentNotBuilt, match="took more than 1 s"),
        Interpreters(cache).lease(FIRST),
    ):
        pass
    state = Path(f"/proc/{child.read_text().strip()}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


@pytest.fixture
def tiny_disk(tmp_path: Path, index: Path) -> Iterator[Path]:
    """A cache on a disk of 9 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=9m,mode=0700", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("uv", [True, False])
def test_on_a_full_disk_the_least_used_makes_room(
    tiny_disk: Path, small: None, monkeypatch: pytest.MonkeyPatch, uv: bool
) -> None:
    if not uv:
        monkeypatch.setattr("uv.find_uv_bin", lambda: "/nowhere/uv")
    interpreters = Interpreters(tiny_disk, limit_mb=600)
    first = leased(interpreters, FIRST)
    ballast = tiny_disk / "ballast"
    ballast.write_bytes(bytes(3 << 20))
    second = leased(interpreters, SECOND)
    assert not first.exists()
    assert second.is_dir()


@pytest.mark.parametrize("uv", [True, False])
def test_a_disk_that_stays_full_is_explained_with_numbers(
    tiny_disk: Path, monkeypatch: pytest.MonkeyPatch, uv: bool
) -> None:
    if not uv:
        monkeypatch.setattr("uv.find_uv_bin", lambda: "/nowhere/uv")
    explained = rf"disk is full: {tiny_disk} has \d+ MB free.*about 280 MB"
    with (
        pytest.raises(EnvironmentNotBuilt, match=explained) as told,
        Interpreters(tiny_disk).lease(PinnedSet(("big==1.0",))),
    ):
        pass
    assert "CONVERSION_CACHE_MB" in told.value.message
    assert not [entry for entry in tiny_disk.iterdir() if entry.is_dir()]


def test_a_cache_that_others_can_write_to_is_not_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with (
        pytest.raises(PermissionError, match="written by others"),
        Interpreters(tmp_path).lease(FIRST),
    ):
        pass


def test_the_builder_knows_the_package_index_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = ("SUPABASE_SERVICE_KEY", "IDENTITY_HEADER", "HTTPS_PROXY", "SSL_CERT_FILE")
    for name in (*secrets, "UV_DEFAULT_INDEX", "PIP_INDEX_URL"):
        monkeypatch.setenv(name, "value")
    environment = building.builder_environment()
    assert environment.keys() >= {"UV_DEFAULT_INDEX", "PIP_INDEX_URL"}
    assert not environment.keys() & set(secrets)


def test_the_apps_own_interpreter_serves_where_it_has_the_versions(cache: Path) -> None:
    newest = choose({"scikit-learn": "1.9.1"})[0]
    with Interpreters(cache).lease(newest) as interpreter:
        assert interpreter.python == Path(sys.executable)
        assert interpreter.packages
    assert not cache.exists()
