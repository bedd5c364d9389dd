"""Takes what proves an identity out of this process's environment, and out of its memory of it."""

import contextlib
import ctypes
import os
import re
from pathlib import Path

_NAMES = re.compile(
    r"SECRET|TOKEN|PASSW|KEY|CREDENTIAL|CERTIFICATE|CONN(ECTION_?)?STR"
    r"|(^|_)(SAS|MSI|OBO|PWD|IDENTITY)_|_(SAS|PWD|IDENTITY)$|^APPSETTING_",
    re.IGNORECASE,
)
"""MSI_ENDPOINT, IDENTITY_HEADER, AZURE_CLIENT_SECRET, AML_APP_INSIGHTS_KEY ... but not PWD."""
_VALUES = re.compile(r"://[^/@\s]+:[^/@\s]+@|[?&]sig=|AccountKey=|SharedAccess", re.IGNORECASE)
"""A URL with a password, a signed URL of a storage account, a connection string."""
_ENVIRONMENT_START, _ENVIRONMENT_END = 47, 48
"""Of the words in /proc/self/stat that follow the program's name."""


def forget_secrets() -> int:
    """Remove every variable that holds a secret by its name or value; how many there were.

    Also overwritten are the bytes that the process was started with, which getenv may still point
    at and /proc/self/environ shows. Copies that a library made before stay with it.
    """
    secret = [name for name, value in os.environ.items() if is_secret(name, value)]
    for start, length in _values_in_memory():
        ctypes.memset(start, 0, length)
    for name in secret:
        del os.environ[name]
    return len(secret)


def is_secret(name: str, value: str) -> bool:
    """Whether an environment variable holds what proves an identity, or says where to get it."""
    return bool(_NAMES.search(name) or _VALUES.search(value))


def _values_in_memory() -> list[tuple[int, int]]:
    """(address, length) of the secret values that getenv finds, and that the process began with."""
    found = []
    pointers = ctypes.POINTER(ctypes.c_void_p).in_dll(ctypes.CDLL(None), "environ")
    at = 0
    while pointers and (address := pointers[at]):
        found += _secrets_at(address, ctypes.string_at(address))
        at += 1
    with contextlib.suppress(OSError, ValueError, IndexError):
        words = Path("/proc/self/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        start, end = int(words[_ENVIRONMENT_START]), int(words[_ENVIRONMENT_END])
        began, address = ctypes.string_at(start, end - start) if start else b"", start
        for variable in began.split(b"\0"):
            found += _secrets_at(address, variable)
            address += len(variable) + 1
    return found


def _secrets_at(address: int, variable: bytes) -> list[tuple[int, int]]:
    name, _, value = variable.partition(b"=")
    if not is_secret(os.fsdecode(name), os.fsdecode(value)):
        return []
    return [(address + len(name) + 1, len(value))] if value else []
