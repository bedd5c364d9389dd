"""The Linux calls that Python has no function for. Each raises OSError with the kernel's reason."""

import ctypes
import os
from ctypes import c_int, c_size_t, c_uint32, c_uint64, c_ulong, c_void_p

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_KEEPCAPS = 8
PR_SET_NO_NEW_PRIVS = 38

CAP_DAC_READ_SEARCH = 2
_CAPABILITY_VERSION_3 = 0x20080522
_SYS_CAPSET = {"x86_64": 126, "aarch64": 91}

_libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int) -> None:
    _check(_libc.prctl(c_int(option), c_ulong(value), c_ulong(0), c_ulong(0), c_ulong(0)))


def system_call(number: int, *arguments: int | ctypes.Array[ctypes.c_char] | None) -> int:
    """Numbers go as 64 bits, buffers as pointers."""
    words = [c_size_t(a) if isinstance(a, int) else c_void_p(_address(a)) for a in arguments]
    return _check(_libc.syscall(c_size_t(number), *words))


def _address(buffer: ctypes.Array[ctypes.c_char] | None) -> int | None:
    return None if buffer is None else ctypes.addressof(buffer)


def keep_only(capability: int) -> None:
    """Of all capabilities, hold this one."""
    header = ctypes.create_string_buffer(bytes(c_uint32(_CAPABILITY_VERSION_3)) + bytes(c_int(0)))
    mask = bytes(c_uint32(1 << capability))
    low = mask + mask + bytes(c_uint32(0))
    data = ctypes.create_string_buffer(low + bytes(c_uint64(0)) + bytes(c_uint32(0)))
    system_call(_SYS_CAPSET[os.uname().machine], header, data)


def _check(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
