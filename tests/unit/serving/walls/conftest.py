"""Walls are irrevocable: whatever meets them is a child process, which tells what it met."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = str(Path(__file__).parents[4])

PREAMBLE = f"""
import ctypes, errno, fcntl, json, os, resource, signal, socket, sys, threading
sys.path.insert(0, {ROOT!r})
from pathlib import Path
from serving.walls import calls, kernel, landlock, seccomp
from serving.walls.confine import confine
from serving.walls.endpoint import give_up

COLUMN = ["x86_64", "aarch64"].index(os.uname().machine)
OTHER = os.getppid()

def tried(deed, *arguments):
    '''The error that refuses it; None when nothing does.'''
    try:
        deed(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]

def call(numbers, *arguments):
    return kernel.system_call(numbers[COLUMN], *arguments)

def say(told):
    os.write(1, json.dumps(told).encode())
"""

Child = Callable[..., Any]


@pytest.fixture
def started() -> Callable[..., "subprocess.CompletedProcess[bytes]"]:
    """Run a child that has the names of PREAMBLE."""

    def run(code: str, env: dict[str, str] | None = None) -> "subprocess.CompletedProcess[bytes]":
        arguments = [sys.executable, "-I", "-S", "-B", "-c", PREAMBLE + code]
        return subprocess.run(arguments, capture_output=True, timeout=60, env=env)

    return run


@pytest.fixture
def child(started: Child) -> Child:
    """Run a child to its end: what it said."""

    def run(code: str, env: dict[str, str] | None = None) -> Any:
        ended = started(code, env)
        assert ended.returncode == 0, ended.stderr.decode()
        return json.loads(ended.stdout)

    return run


@pytest.fixture
def walls() -> Child:
    """The code that confines a child, with usual bounds but for those that are named."""

    def code(**bounds: Any) -> str:
        usual: dict[str, Any] = {
            "read": [],
            "write": [],
            "memory_mb": 1024,
            "cpu_seconds": 20,
            "file_mb": 1,
            "user": None,
            "parent": os.getpid(),
        }
        return f"held = confine(**{usual | bounds!r})"

    return code


@pytest.fixture
def confined(child: Child, walls: Child) -> Child:
    """Run a child whose `before` comes before its walls, and `code` after: what it said."""

    def run(code: str, before: str = "", **bounds: Any) -> Any:
        return child(f"{before}\n{walls(**bounds)}\n{code}")

    return run
