"""A process that confined itself reaches no file, no process and no disk but what it was given."""

import contextlib
import errno
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from serving.walls import kernel, landlock

USER = 41_234
needs_landlock = pytest.mark.skipif(
    not landlock.abi(), reason="this kernel has no Landlock (Linux 5.13, and switched on)"
)
needs_root = pytest.mark.skipif(
    not kernel.may_become(USER), reason="only root with CAP_SETUID can take another user's id"
)
MAKING = """
os.chdir(HERE)
attempts = {
    "a file": lambda: os.open("new", os.O_CREAT | os.O_WRONLY),
    "writing over": lambda: os.open("old", os.O_WRONLY),
    "emptying": lambda: os.open("old", os.O_RDONLY | os.O_TRUNC),
    "emptying by name": lambda: os.truncate("old", 0),
    "a file without a name": lambda: os.open(".", os.O_TMPFILE | os.O_WRONLY),
    "writing again what is open for reading":
        lambda: os.open(f"/proc/self/fd/{OPENED}", os.O_WRONLY),
    "a folder": lambda: os.mkdir("folder"),
    "a link": lambda: os.symlink("old", "link"),
    "a second name": lambda: os.link("old", "second"),
    "a pipe": lambda: os.mkfifo("pipe"),
    "another name": lambda: os.rename("old", "renamed"),
    "removal": lambda: os.unlink("old"),
}
say({name: tried(attempt) for name, attempt in attempts.items()})
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "old").write_text("content")
    return tmp_path


def opened(here: Path) -> str:
    return f"HERE = {str(here)!r}; OPENED = os.open(HERE + '/old', os.O_RDONLY)"


@pytest.mark.parametrize("user", [None, pytest.param(USER, marks=needs_root)])
def test_all_measures_hold_on_this_machine(confined: Any, user: int | None) -> None:
    told = confined("say(held._asdict())", user=user)
    assert told == {
        "other_user": user is not None,
        "files_hidden": landlock.abi() > 0,
        "calls_filtered": True,
        "landlock_abi": landlock.abi(),
    }


def test_without_a_folder_nothing_is_made_or_changed(confined: Any, here: Path) -> None:
    answers = confined(MAKING, opened(here))
    assert {name for name, answer in answers.items() if answer not in ("EPERM", "EACCES")} == set()
    assert [path.name for path in here.iterdir()] == ["old"]
    assert (here / "old").read_text() == "content"


def test_the_filter_alone_keeps_the_disk_where_there_is_no_landlock(child: Any, here: Path) -> None:
    filtered = "kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)\n"
    filtered += "assert seccomp.forbid_escapes(writes=False, accepts=False)\n"
    answers = child(f"{opened(here)}\n{filtered}{MAKING}")
    assert set(answers.values()) == {"EPERM"}
    assert [path.name for path in here.iterdir()] == ["old"]


@needs_landlock
def test_landlock_alone_keeps_the_disk(child: Any, here: Path) -> None:
    hidden = "kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)\n"
    hidden += "assert landlock.restrict(read=['/usr/lib'], write=[])\n"
    answers = child(f"{opened(here)}\n{hidden}{MAKING}")
    if landlock.abi() < 3:
        del answers["emptying by name"], answers["emptying"]
    assert set(answers.values()) <= {"EACCES", "EXDEV"}
    assert [path.name for path in here.iterdir()] == ["old"]


@needs_landlock
def test_a_folder_to_write_to_is_the_only_one_and_bounds_each_file(
    confined: Any, here: Path
) -> None:
    (here / "inside").mkdir()
    answers = confined(
        f"""
os.chdir({str(here)!r})
file = os.open("inside/new", os.O_CREAT | os.O_RDWR)
say([tried(os.pwrite, file, b"x" * 2**20, 0), tried(os.pwrite, file, b"x", 2**20),
     tried(os.ftruncate, file, 2**20 + 1), tried(open, "outside", "w"), tried(open, "old")])
""",
        write=[str(here / "inside")],
    )
    assert answers == [None, "EFBIG", "EFBIG", "EACCES", "EACCES"]


def test_a_file_that_was_given_takes_no_more_disk_than_its_bound(confined: Any, here: Path) -> None:
    answers = confined(
        """
say([tried(os.pwrite, given, b"x" * 2**20, 0), tried(os.pwrite, given, b"x", 2**20),
     tried(os.posix_fallocate, given, 0, 2**19),
     tried(kernel.system_call, 285 if COLUMN == 0 else 47, given, 1, 0, 2**30)])
""",
        f"given = os.open({str(here / 'given')!r}, os.O_CREAT | os.O_RDWR)",
    )
    assert answers == [None, "EFBIG", "EPERM", "EPERM"]
    assert (here / "given").stat().st_blocks * 512 <= 2**21


@needs_landlock
def test_files_and_other_processes_are_hidden(confined: Any, here: Path) -> None:
    answers = confined(
        f"""
say([tried(open, path) for path in
     ({str(here / "old")!r}, "/etc/passwd", f"/proc/{{OTHER}}/environ", "/proc/self/environ",
      "/proc/1/cmdline")] + [tried(os.listdir, path) for path in ("/", "/proc", "/tmp")])
"""
    )
    assert set(answers) == {"EACCES"}


@needs_landlock
def test_what_it_is_told_to_read_it_reads(confined: Any, here: Path) -> None:
    told = confined(f"say(open({str(here / 'old')!r}).read())", read=[str(here)])
    assert told == "content"


def test_other_processes_get_no_signal(confined: Any) -> None:
    answers = confined("say([tried(os.kill, pid, 0) for pid in (OTHER, 1, 0, -1, os.getpid())])")
    assert set(answers) == {"EPERM"}


def test_resources_are_bounded(confined: Any) -> None:
    told = confined("""
names = "AS FSIZE CPU NOFILE CORE MEMLOCK MSGQUEUE".split()
say({name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in names})
""")
    assert told.pop("CPU") == [20, 21]
    bounds = {"AS": 1 << 30, "FSIZE": 1 << 20, "NOFILE": 256, "CORE": 0, "MEMLOCK": 0}
    assert told == {name: [most, most] for name, most in {**bounds, "MSGQUEUE": 0}.items()}


def test_memory_has_an_end(confined: Any) -> None:
    code = "try: bytearray(500 << 20)\nexcept MemoryError: say('refused')"
    assert confined(code, memory_mb=400) == "refused"


def test_the_processors_time_has_an_end(started: Any, walls: Any) -> None:
    ended = started(f"{walls(cpu_seconds=1)}\nwhile True: pass")
    assert ended.returncode == -signal.SIGXCPU


def test_it_ends_at_once_when_its_parent_has_gone(started: Any, walls: Any) -> None:
    ended = started(f"{walls(parent=os.getpid() + 1)}\nsay('goes on')")
    assert (ended.returncode, ended.stdout) == (1, b"")


PARENT = """
import os, subprocess, sys
child = subprocess.Popen(
    [sys.executable, "-I", "-S", "-B", "-c", CODE, str(os.getpid())],
    pass_fds=[WRITES], start_new_session=True,
)
os.close(WRITES)
child.wait()
"""
CHILD = """
import os, sys
sys.path.insert(0, ROOT)
from serving.walls.confine import confine
confine(read=[], write=[], memory_mb=400, cpu_seconds=9, file_mb=0, user=USER,
        parent=int(sys.argv[1]))
os.write(WRITES, b"ready")
os.read(STAYS, 1)
"""


@pytest.mark.parametrize("user", [None, pytest.param(USER, marks=needs_root)])
def test_it_dies_with_its_parent(user: int | None) -> None:
    """The pipe's end is read only when nobody is left who could write to it."""
    reads, writes = os.pipe()
    stays, never = os.pipe()
    root = str(Path(kernel.__file__).parents[2])
    names = {"ROOT": root, "USER": user, "WRITES": writes, "STAYS": stays}
    code = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    child = code + CHILD
    program = f"CODE = {child!r}; WRITES = {writes}\n{PARENT}".replace(
        "pass_fds=[WRITES]", f"pass_fds=[WRITES, {stays}]"
    )
    with contextlib.ExitStack() as owned:
        for descriptor in (reads, stays, never):
            owned.callback(os.close, descriptor)
        parent = subprocess.Popen([sys.executable, "-c", program], pass_fds=[writes, stays])
        owned.callback(parent.wait)
        owned.callback(parent.kill)
        os.close(writes)
        assert next_piece(reads) == b"ready"
        parent.kill()
        assert next_piece(reads) == b""


def next_piece(descriptor: int, seconds: float = 30) -> bytes:
    ready, _, _ = select.select([descriptor], [], [], seconds)
    assert ready, os.strerror(errno.ETIMEDOUT)
    return os.read(descriptor, 16)
