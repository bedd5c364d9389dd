"""Landlock: this process and its threads see only some folders. Needs no privilege, but Linux 5.13.

Also shuts out /proc of other processes, ptrace, TCP (6.7) and signals to others (6.12).
"""

import ctypes
import os
import struct
from collections.abc import Iterable

from shared.conversion.kernel import system_call

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_EXECUTE = 1 << 0
_FILE_RIGHTS_OF_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many access rights each version of the interface knows."""
_RIGHTS_TO_A_FILE = _EXECUTE | 1 << 1 | _READ_FILE | 1 << 14 | 1 << 15


def abi() -> int:
    """The kernel's version of the interface; 0 where there is none."""
    try:
        return system_call(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def restrict(*, read: Iterable[str], write: Iterable[str]) -> bool:
    """Irrevocably allow only these paths. False, and no restriction, without Landlock."""
    version = abi()
    if not version:
        return False
    every = (1 << _FILE_RIGHTS_OF_ABI.get(version, 16)) - 1
    tcp = 3 if version >= 4 else 0
    scopes = 3 if version >= 6 else 0
    known = 8 * (1 + (version >= 4) + (version >= 6))
    attributes = struct.pack("=QQQ", every, tcp, scopes)[:known]
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    ruleset = system_call(_CREATE_RULESET, buffer, len(attributes), 0)
    for path in read:
        _allow(ruleset, path, _READ_FILE | _READ_DIR | _EXECUTE)
    for path in write:
        _allow(ruleset, path, every)
    system_call(_RESTRICT_SELF, ruleset, 0)
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
        system_call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(handle)
