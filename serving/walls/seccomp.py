"""seccomp: a model opens no connection, starts no process, runs no program, touches no other one.

The filter needs no privilege and binds all threads. Refused calls fail with EPERM, so that
libraries can carry on. It sees the numbers that a call is given, not what they point at: paths
cannot be told apart, and so stat of any path stays allowed.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Sequence

from serving.walls import calls, kernel
from serving.walls.kernel import system_call

_SET_MODE_FILTER, _ALL_THREADS_FLAG = 1, 1
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_REFUSE = 0x00050000 | errno.EPERM
_MISSING = 0x00050000 | errno.ENOSYS
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""Offsets into struct seccomp_data."""
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

_CLONE_THREAD = 0x10000
_CLONE_NAMESPACES = 0x7E020000
_OPEN_FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | 0o20000000
"""The last is O_TMPFILE without the O_DIRECTORY that it holds."""
_MSG_FASTOPEN = 0x20000000
"""Connects without connect: an inherited listener, shut down, would do."""
_REFUSED_PRCTL = (
    kernel.PR_SET_PDEATHSIG,
    kernel.PR_SET_DUMPABLE,
    kernel.PR_SET_MM,
    kernel.PR_SET_CHILD_SUBREAPER,
    kernel.PR_SET_PTRACER,
)
_REFUSED_FCNTL = (8, 10, 15, 1024, 1026)
"""F_SETOWN, F_SETSIG and F_SETOWN_EX send signals to others, F_SETLEASE makes them wait, F_NOTIFY
watches a folder."""
_ALLOWED_IOCTL = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""TCGETS, TCGETS2, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX."""

Lines = list[bytes]


def forbid_escapes(*, writes: bool, accepts: bool) -> bool:
    """Irrevocable; needs no_new_privs. False, and no filter, without seccomp.

    writes: opens files for writing, and changes folders. accepts: takes connections from sockets
    that listen, and marks an open file as used now.
    """
    machine = _MACHINES.get(os.uname().machine)
    if machine is None:
        return False
    architecture, column = machine
    program = _program(architecture, column, os.getpid(), writes=writes, accepts=accepts)
    instructions = ctypes.create_string_buffer(program, len(program))
    address = ctypes.addressof(instructions)
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, address))
    number = calls.SECCOMP[column]
    assert number is not None  # noqa: S101
    try:
        return system_call(number, _SET_MODE_FILTER, _ALL_THREADS_FLAG, header) == 0
    except OSError:
        return False


def _program(architecture: int, column: int, pid: int, *, writes: bool, accepts: bool) -> bytes:
    """A list of (call, what it is answered): the first that matches decides."""
    refused = dict(calls.REFUSED)
    judged = _judged(pid)
    if not writes:
        refused |= calls.FOLDERS
        judged += [
            (calls.OPEN, _refuse_bits(1, _OPEN_FOR_WRITING)),
            (calls.OPENAT, _refuse_bits(2, _OPEN_FOR_WRITING)),
        ]
    if not accepts:
        refused |= calls.ACCEPTING
    judged.append((calls.UTIMENSAT, _only_zero(1) if accepts else [_op(_RETURN, _REFUSE)]))
    lines = [
        _op(_LOAD, _ARCHITECTURE),
        _op(_JUMP_EQUAL, architecture, 1, 0),
        _op(_RETURN, _KILL),
        _op(_LOAD, _NUMBER),
        _op(_JUMP_AT_LEAST, calls.FIRST_UNKNOWN, 0, 1),
        _op(_RETURN, _MISSING),
    ]
    for numbers in calls.MISSING.values():
        lines += _answer(numbers[column], [_op(_RETURN, _MISSING)])
    for numbers in refused.values():
        lines += _answer(numbers[column], [_op(_RETURN, _REFUSE)])
    for numbers, body in judged:
        lines += _answer(numbers[column], [*body, _op(_RETURN, _ALLOW)])
    return b"".join([*lines, _op(_RETURN, _ALLOW)])


def _judged(pid: int) -> list[tuple[calls.Numbers, Lines]]:
    """Calls that are refused by their arguments, which count from 0."""
    return [
        (calls.CLONE, _refuse_bits(0, _CLONE_NAMESPACES) + _require_bits(0, _CLONE_THREAD)),
        (calls.SENDTO, _refuse_bits(3, _MSG_FASTOPEN) + _only_zero(4)),
        (calls.PRCTL, _refuse(0, _REFUSED_PRCTL)),
        (calls.FCNTL, _refuse(1, _REFUSED_FCNTL)),
        (calls.IOCTL, _only(1, _ALLOWED_IOCTL)),
        (calls.TGKILL, _only(0, (pid,))),
        (calls.PRLIMIT64, _only(0, (0, pid))),
        (calls.SCHED_SETAFFINITY, _only(0, (0,))),
    ]


def _answer(number: int | None, body: Lines) -> Lines:
    """`body` when the call is this one; it must return."""
    return [] if number is None else [_op(_JUMP_EQUAL, number, 0, len(body)), *body]


def _refuse_bits(argument: int, bits: int) -> Lines:
    return [_load(argument), _op(_JUMP_ANY_BIT, bits, 0, 1), _op(_RETURN, _REFUSE)]


def _require_bits(argument: int, bit: int) -> Lines:
    return [_load(argument), _op(_JUMP_ANY_BIT, bit, 1, 0), _op(_RETURN, _REFUSE)]


def _refuse(argument: int, values: Sequence[int]) -> Lines:
    lines = [_load(argument)]
    for value in values:
        lines += [_op(_JUMP_EQUAL, value, 0, 1), _op(_RETURN, _REFUSE)]
    return lines


def _only(argument: int, values: Sequence[int]) -> Lines:
    jumps = [_op(_JUMP_EQUAL, value, len(values) - at, 0) for at, value in enumerate(values)]
    return [_load(argument), *jumps, _op(_RETURN, _REFUSE)]


def _only_zero(argument: int) -> Lines:
    """Both halves: a pointer that is null."""
    lines = []
    for half in (0, 4):
        lines += [_load(argument, half), _op(_JUMP_EQUAL, 0, 1, 0), _op(_RETURN, _REFUSE)]
    return lines


def _load(argument: int, half: int = 0) -> bytes:
    """Of an int the kernel reads the low half, which comes first on both machines."""
    return _op(_LOAD, _ARGUMENTS + 8 * argument + half)


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
