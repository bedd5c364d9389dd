"""Every system call that a model has no use for is refused, by its right number."""

import re
import signal
from pathlib import Path
from typing import Any

import pytest

from serving.walls import calls

GROUPS = (calls.REFUSED, calls.FOLDERS, calls.ACCEPTING, calls.MISSING)
JUDGED = (
    *("OPEN", "OPENAT", "CLONE", "UTIMENSAT", "SENDTO", "PRCTL", "FCNTL", "IOCTL"),
    *("TGKILL", "PRLIMIT64", "SCHED_SETAFFINITY", "SECCOMP"),
)
NUMBERS = {name: numbers for group in GROUPS for name, numbers in group.items()} | {
    name.lower(): getattr(calls, name) for name in JUDGED
}
HEADERS = {
    0: Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    1: Path("/usr/include/asm-generic/unistd.h"),
}

BY_ARGUMENT = """
OURS, THEIRS = socket.socketpair()
FOLDER = os.open("/usr/lib", os.O_RDONLY)
ADDRESS = ctypes.create_string_buffer(16)
"""
ATTEMPTS = {
    "a process": "call(calls.CLONE, signal.SIGCHLD, 0, 0, 0, 0)",
    "a thread in a network of its own": "call(calls.CLONE, 0x40010F00, 0, 0, 0, 0)",
    "an address to send to": "call(calls.SENDTO, OURS.fileno(), ADDRESS, 1, 0, ADDRESS, 16)",
    "a connection by sending": "OURS.send(b'x', 0x20000000)",
    "typing into a terminal": "fcntl.ioctl(0, 0x5412, b'x')",
    "the console's commands": "fcntl.ioctl(0, 0x541C, b'x')",
    "signals for another process": "fcntl.fcntl(OURS, fcntl.F_SETOWN, OTHER)",
    "signals of choice": "fcntl.fcntl(OURS, 10, 9)",
    "watching a folder": "fcntl.fcntl(FOLDER, fcntl.F_NOTIFY, 2)",
    "a lease": "fcntl.fcntl(FOLDER, fcntl.F_SETLEASE, fcntl.F_RDLCK)",
    "a signal to another process": "call(calls.TGKILL, OTHER, OTHER, 0)",
    "another's limits": "resource.prlimit(OTHER, resource.RLIMIT_CPU)",
    "another's processors": "os.sched_setaffinity(OTHER, os.sched_getaffinity(0))",
    "outliving the parent": "kernel.prctl(kernel.PR_SET_PDEATHSIG, 0)",
    "being looked into": "kernel.prctl(kernel.PR_SET_DUMPABLE, 1)",
    "a debugger of choice": "kernel.prctl(kernel.PR_SET_PTRACER, OTHER)",
    "dates of an open file": "os.utime(FOLDER)",
}
USES = {
    "a thread": "threading.Thread(target=os.getpid, args=()).start()",
    "sending to the other end": "OURS.send(b'x')",
    "receiving": "THEIRS.recv(1)",
    "waiting no more": "OURS.setblocking(False)",
    "its own limits": "resource.getrlimit(resource.RLIMIT_CPU)",
    "its own processors": "os.sched_setaffinity(0, os.sched_getaffinity(0))",
    "a name for a thread": "kernel.prctl(15, ctypes.addressof(ADDRESS))",
    "a copy of a descriptor": "os.close(os.dup(FOLDER))",
    "reading Python": "open(os.__file__).read()",
}


@pytest.fixture
def said(confined: Any) -> Any:
    def run(deeds: dict[str, str]) -> dict[str, str | None]:
        table = ", ".join(f"{name!r}: lambda: {deed}" for name, deed in deeds.items())
        code = f"say({{name: tried(deed) for name, deed in {{{table}}}.items()}})"
        return confined(f"assert held.calls_filtered\n{code}", BY_ARGUMENT)

    return run


@pytest.mark.parametrize("column", HEADERS)
def test_the_numbers_are_those_of_the_kernels_headers(column: int) -> None:
    header = HEADERS[column]
    if not header.exists():
        pytest.skip(f"{header} comes with linux-libc-dev, which is not installed")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text())
    known = {name: int(number) for name, number in found}
    wrong = {
        name: numbers[column]
        for name, numbers in NUMBERS.items()
        if name in known and numbers[column] != known[name]
    }
    assert wrong == {}
    assert [
        name for name in NUMBERS if NUMBERS[name][column] is not None and name not in known
    ] == []
    assert known.get("cachestat", calls.FIRST_UNKNOWN) == calls.FIRST_UNKNOWN


def test_every_call_of_the_lists_is_refused(confined: Any) -> None:
    answers = confined("""
assert held.calls_filtered
listed = calls.REFUSED | calls.FOLDERS | calls.ACCEPTING
say({name: tried(call, numbers, *[-1] * 6) for name, numbers in listed.items()
     if numbers[COLUMN] is not None})
""")
    assert {name for name, answer in answers.items() if answer != "EPERM"} == set()
    assert len(answers) > 90


def test_calls_newer_than_the_lists_are_answered_as_an_older_kernel_would(confined: Any) -> None:
    answers = confined("""
assert held.calls_filtered
numbers = [numbers[COLUMN] for numbers in calls.MISSING.values()]
numbers += [*range(calls.FIRST_UNKNOWN, 600), 0x40000000 + 41]
say([tried(kernel.system_call, number, *[-1] * 6) for number in numbers])
""")
    assert set(answers) == {"ENOSYS"}


def test_calls_are_refused_by_their_arguments(said: Any) -> None:
    answers = said(ATTEMPTS)
    assert {name for name, answer in answers.items() if answer != "EPERM"} == set()


def test_what_libraries_need_is_left(said: Any) -> None:
    answers = said(USES)
    assert {name: answer for name, answer in answers.items() if answer} == {}


def test_a_program_may_send_itself_signals_and_abort(
    started: Any, confined: Any, walls: Any
) -> None:
    caught = "caught = []; signal.signal(signal.SIGUSR1, lambda *_: caught.append(1))"
    assert confined("signal.raise_signal(signal.SIGUSR1); say(caught)", caught) == [1]
    ended = started(f"{walls()}\nassert held.calls_filtered\nos.abort()")
    assert ended.returncode == -signal.SIGABRT


def test_threads_that_ran_before_are_bound(child: Any) -> None:
    told = child("""
ready, go, told = threading.Event(), threading.Event(), []
def older():
    ready.set()
    go.wait()
    told.append(tried(socket.socket))
    told.append(tried(open, "/dev/null", "w"))
thread = threading.Thread(target=older)
thread.start()
ready.wait()
kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
assert seccomp.forbid_escapes(writes=False, accepts=False)
go.set()
thread.join()
say(told)
""")
    assert told == ["EPERM", "EPERM"]
