"""seccomp: a conversion opens no socket, starts no process, runs no program, touches no other one.

The filter needs no privilege. Refused calls fail with EPERM, so that libraries can carry on.
"""

import ctypes
import errno
import os
import struct

from shared.conversion.kernel import system_call

_SET_MODE_FILTER = 1
_LOAD, _JUMP_EQUAL, _JUMP_ALL_BITS, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_REFUSE = 0x00050000 | errno.EPERM
_MISSING = 0x00050000 | errno.ENOSYS
_CLONE_THREAD = 0x10000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
"""Offsets into struct seccomp_data."""

_CALLS = {
    "socket": (41, 198),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "kill": (62, 129),
    "ptrace": (101, 117),
    "mount": (165, 40),
    "unshare": (272, 97),
    "perf_event_open": (298, 241),
    "open_by_handle_at": (304, 265),
    "setns": (308, 268),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "bpf": (321, 280),
    "execveat": (322, 281),
    "userfaultfd": (323, 282),
    "pidfd_send_signal": (424, 424),
    "io_uring_setup": (425, 425),
    "pidfd_open": (434, 434),
    "add_key": (248, 217),
    "keyctl": (250, 219),
}
"""Refused calls, by their numbers on x86_64 and aarch64."""
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_CLONE = (56, 220)
_CLONE3 = 435
_SECCOMP = (317, 277)
_FIRST_X32_CALL = 0x40000000


def forbid_escapes() -> bool:
    """Irrevocable, also for threads to come; needs no_new_privs. False without seccomp."""
    machine = _MACHINES.get(os.uname().machine)
    if machine is None:
        return False
    architecture, column = machine
    program = _program(architecture, column)
    instructions = ctypes.create_string_buffer(program, len(program))
    address = ctypes.addressof(instructions)
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, address))
    try:
        system_call(_SECCOMP[column], _SET_MODE_FILTER, 0, header)
    except OSError:
        return False
    return True


def _program(architecture: int, column: int) -> bytes:
    refused = [numbers[column] for numbers in _CALLS.values()]
    lines = [
        _op(_LOAD, _ARCHITECTURE),
        _op(_JUMP_EQUAL, architecture, 1, 0),
        _op(_RETURN, _KILL),
        _op(_LOAD, _NUMBER),
        _op(_JUMP_ALL_BITS, _FIRST_X32_CALL, 0, 1),
        _op(_RETURN, _REFUSE),
        _op(_JUMP_EQUAL, _CLONE3, 0, 1),
        _op(_RETURN, _MISSING),
    ]
    for number in refused:
        if number is not None:
            lines += [_op(_JUMP_EQUAL, number, 0, 1), _op(_RETURN, _REFUSE)]
    lines += [
        _op(_JUMP_EQUAL, _CLONE[column], 0, 3),
        _op(_LOAD, _FIRST_ARGUMENT),
        _op(_JUMP_ALL_BITS, _CLONE_THREAD, 1, 0),
        _op(_RETURN, _REFUSE),
        _op(_RETURN, _ALLOW),
    ]
    return b"".join(lines)


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
