"""Landlock: this process sees only some folders, and makes and changes files only in some.

Needs no privilege, but Linux 5.13. It also shuts out what /proc says of other processes and ptrace,
TCP (Linux 6.7), devices' own commands (6.10), and signals to others (6.12).

It judges opening, not looking: whether a path exists, its size, owner and dates (stat) can be read
wherever the user may go. Files that were opened before stay as they were opened.
"""

import contextlib
import ctypes
import os
import struct
from collections.abc import Iterable

from serving.walls.kernel import system_call

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_ALL_THREADS_FLAG, _ALL_THREADS_ABI = 1 << 3, 8
_RULE_PATH_BENEATH = 1
_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _DEVICE_COMMANDS = 1 << 14, 1 << 15
_RIGHTS_OF_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights to files each version knows; none that is of use came after the fifth."""
_RIGHTS_TO_A_FILE = _WRITE_FILE | _READ_FILE | _TRUNCATE | _DEVICE_COMMANDS


def abi() -> int:
    """The kernel's version of the interface; 0 where there is none."""
    try:
        return system_call(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def binds_all_threads() -> bool:
    """Whether `restrict` also binds the threads that run already."""
    return abi() >= _ALL_THREADS_ABI


def restrict(*, read: Iterable[str], write: Iterable[str]) -> bool:
    """Irrevocably allow only to read below `read`, and to do all but run programs below `write`.

    Binds this thread and those that it will start. False, and no restriction, without Landlock.
    Needs no_new_privs.
    """
    version = abi()
    if not version:
        return False
    every = (1 << _RIGHTS_OF_ABI.get(version, 16)) - 1
    tcp = 3 if version >= 4 else 0
    scopes = 3 if version >= 6 else 0
    known = 8 * (1 + (version >= 4) + (version >= 6))
    attributes = struct.pack("=QQQ", every, tcp, scopes)[:known]
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    ruleset = system_call(_CREATE_RULESET, buffer, len(attributes), 0)
    try:
        for path in read:
            _allow(ruleset, path, _READ_FILE | _READ_DIR)
        for path in write:
            _allow(ruleset, path, every & ~1)
        flags = _ALL_THREADS_FLAG if version >= _ALL_THREADS_ABI else 0
        system_call(_RESTRICT_SELF, ruleset, flags)
    finally:
        os.close(ruleset)
    return True


def _allow(ruleset: int, path: str, rights: int) -> None:
    """Paths that are missing or closed are skipped: the lists name what some systems have."""
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):  # noqa: PTH112
            rights &= _RIGHTS_TO_A_FILE
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, handle), 12)
        with contextlib.suppress(OSError):  # what is no file of a file system takes no rule
            system_call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(handle)
