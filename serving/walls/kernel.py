"""The Linux calls that Python has no function for. Each raises OSError with the kernel's reason."""

import contextlib
import ctypes
import os
import struct
from collections.abc import Iterable
from ctypes import c_int, c_long, c_size_t, c_ulong, c_void_p

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_KEEPCAPS = 8
PR_SET_CHILD_SUBREAPER = 36
PR_SET_MM = 35
PR_SET_NO_NEW_PRIVS = 38
PR_SET_PTRACER = 0x59616D61

CAP_DAC_READ_SEARCH = 2
CAP_SETGID, CAP_SETUID = 6, 7
_CAPABILITY_VERSION_3 = 0x20080522
_CAPABILITIES = "=6I"
"""effective, permitted, inheritable: of the first 32 capabilities, then of the rest."""

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = c_long


def prctl(option: int, value: int) -> None:
    """Change an attribute of this process, or of this thread, by one of the PR_ numbers."""
    _check(_libc.prctl(c_int(option), c_ulong(value), c_ulong(0), c_ulong(0), c_ulong(0)))


def system_call(number: int, *arguments: int | ctypes.Array[ctypes.c_char] | None) -> int:
    """What the call returns. Numbers go as 64 bits, buffers as pointers."""
    words = [c_size_t(a) if isinstance(a, int) else c_void_p(_address(a)) for a in arguments]
    return _check(_libc.syscall(c_size_t(number), *words))


def _address(buffer: ctypes.Array[ctypes.c_char] | None) -> int | None:
    return None if buffer is None else ctypes.addressof(buffer)


def may_become(user: int) -> bool:
    """Whether this thread may take `user` as its user and group id.

    Being root is not enough: a container may be without the capabilities, or know few ids.
    """
    both = 1 << CAP_SETUID | 1 << CAP_SETGID
    with contextlib.suppress(OSError):
        return _capabilities()[0] & both == both and all(
            _is_known(user, table) for table in ("/proc/self/uid_map", "/proc/self/gid_map")
        )
    return False


def _is_known(number: int, table: str) -> bool:
    """Lines of the table: first id in here, first id outside, how many."""
    with open(table, encoding="ascii") as file:  # noqa: PTH123 - pathlib is 3 ms of a scan
        rows = [[int(word) for word in line.split()] for line in file]
    return any(first <= number < first + count for first, _, count in rows)


def keep_only(capabilities: Iterable[int] = ()) -> None:
    """Give up every capability that this thread holds, but those of `capabilities` it has."""
    wanted = sum(1 << capability for capability in set(capabilities))
    held = _capabilities()[1]
    kept = held & wanted
    low, high = kept & 0xFFFFFFFF, kept >> 32
    data = struct.pack(_CAPABILITIES, low, low, 0, high, high, 0)
    _check(_libc.capset(_header(), ctypes.create_string_buffer(data, len(data))))


def _capabilities() -> tuple[int, int]:
    """(effective, permitted) as bit masks."""
    data = ctypes.create_string_buffer(struct.calcsize(_CAPABILITIES))
    _check(_libc.capget(_header(), data))
    low, low_permitted, _, high, high_permitted, _ = struct.unpack(_CAPABILITIES, data.raw)
    return low | high << 32, low_permitted | high_permitted << 32


def _header() -> ctypes.Array[ctypes.c_char]:
    return ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0), 8)


def _check(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
