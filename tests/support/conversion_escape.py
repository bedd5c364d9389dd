"""Stands in for joblib in a conversion that was taken over: tries to get out, notes how it went.

Copied as joblib/numpy_pickle.py into a folder that the worker imports from, with the path of a
secret in SECRET. Every attempt is noted True where it was stopped.
"""

import ctypes
import json
import os
import resource
import socket
import subprocess
import threading
from pathlib import Path

SECRET = "@SECRET@"


def stopped(attempt):
    try:
        attempt()
    except (OSError, subprocess.SubprocessError):
        return True
    return False


def clone():
    """A raw clone without CLONE_THREAD: a fork around every library."""
    number = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
    pid = ctypes.CDLL(None, use_errno=True).syscall(number, 17, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    if pid < 0:
        raise OSError(ctypes.get_errno(), "clone")


def thread_runs():
    ran = []
    thread = threading.Thread(target=lambda: ran.append(True))
    thread.start()
    thread.join()
    return bool(ran)


def note():
    parent = os.getppid()
    attempts = {
        "read the parent's environment": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
        "read the parent's memory": lambda: Path(f"/proc/{parent}/mem").read_bytes(),
        "signal the parent": lambda: os.kill(parent, 0),
        "read the app's files": lambda: Path(SECRET).read_bytes(),
        "read /etc/passwd": lambda: Path("/etc/passwd").read_bytes(),
        "write elsewhere": lambda: Path(SECRET).with_name("escaped").write_text("x"),
        "open an internet socket": lambda: socket.socket(socket.AF_INET),
        "open an IPv6 socket": lambda: socket.socket(socket.AF_INET6),
        "open a unix socket": lambda: socket.socket(socket.AF_UNIX),
        "run a program": lambda: subprocess.run(["/bin/true"], check=True),
        "become a program": lambda: os.execv("/bin/true", ["true"]),
        "fork": os.fork,
        "clone": clone,
        "become root": lambda: os.setuid(0 if os.getuid() else 1),
    }
    facts = {
        "environment": sorted(os.environ),
        "user": os.getuid(),
        "address space": resource.getrlimit(resource.RLIMIT_AS)[1],
        "thread": thread_runs(),
    }
    stops = {name: stopped(attempt) for name, attempt in attempts.items()}
    Path("notes.json").write_text(json.dumps({"stopped": stops, "facts": facts}))


def spin():
    Path("spinning").touch()
    while True:
        pass


def swallow():
    hoard = []
    while True:
        hoard.append(bytearray(16 << 20))


def crash():
    ctypes.string_at(0)


def link_out():
    """Hand a secret of the app's out through its own eyes."""
    Path("report.json").symlink_to(SECRET)
    os._exit(0)


{"note": note, "spin": spin, "swallow": swallow, "crash": crash, "link_out": link_out}["@DEED@"]()
