"""Stands in for scikit-learn in a conversion that was taken over: tries to get out, and tells.

Copied as sklearn/__init__.py into a folder that the worker imports from while it loads a model,
with the path of a secret in SECRET. Every attempt is noted True where it was stopped.
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
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
NUMBERS = {"x86_64": {"clone": 56, "shmget": 29}, "aarch64": {"clone": 220, "shmget": 194}}
CONFINEMENT = {"other_user": False, "files_hidden": False, "calls_filtered": False}
CONVERTED = {"algorithm": "Ridge", "description": "{}", "outputs": ["double"], "notes": []}


def stopped(attempt):
    try:
        attempt()
    except (OSError, subprocess.SubprocessError):
        return True
    return False


def system_call(name, *arguments):
    result = LIBC.syscall(NUMBERS[os.uname().machine][name], *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result


def clone():
    """A raw clone without CLONE_THREAD: a fork around every library."""
    if system_call("clone", 17, 0, 0, 0, 0) == 0:
        os._exit(0)


def outlive_the_parent():
    if LIBC.prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "prctl")


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
        "outlive the parent": outlive_the_parent,
        "read the app's files": lambda: Path(SECRET).read_bytes(),
        "read /etc/passwd": lambda: Path("/etc/passwd").read_bytes(),
        "write beside the app's files": lambda: Path(SECRET).with_name("x").write_text("x"),
        "write a temporary file": lambda: Path("/tmp/slipway-escaped").write_text("x"),
        "write a file in its own folder": lambda: Path("x").write_text("x"),
        "write to shared memory": lambda: Path("/dev/shm/slipway-escaped").write_text("x"),
        "share memory": lambda: system_call("shmget", 0, 1 << 30, 0o1600),
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
    print(json.dumps({"stopped": stops, "facts": facts}), flush=True)
    os._exit(3)


def spin():
    stopped(outlive_the_parent)
    print("spinning", flush=True)
    while True:
        pass


def swallow():
    hoard = []
    while True:
        hoard.append(bytearray(16 << 20))


def fill():
    """Write all that the disk takes into the one file that it may write."""
    for artifact in range(3, 10):
        stopped(lambda: os.posix_fallocate(artifact, 0, 700 << 20))  # noqa: B023
        print(artifact, flush=True)
    os._exit(3)


def crash():
    ctypes.string_at(0)


def report(text):
    channel = socket.socket(fileno=0)
    channel.sendall(text.encode() if isinstance(text, str) else text)
    os._exit(0)


def report_no_json():
    report("{" * 100_000)


def report_other_bytes():
    report(b"\xff\xfe\x00")


def report_too_much():
    message = "x" * (9 << 20)
    report_outcome({"code": "model_unsafe", "message": message, "fix": "", "loading": False})


def report_long_words():
    report_outcome({"code": "model_unsafe", "message": "x" * 1001, "fix": "", "loading": False})


def report_more_fields():
    report_outcome({**CONVERTED, "folder": SECRET})


def report_unknown_code():
    report_outcome({"code": "all_is_well", "message": "m", "fix": "", "loading": False})


def report_without_a_model():
    report_outcome(CONVERTED)


def report_outcome(outcome):
    report(json.dumps({"confinement": CONFINEMENT, "outcome": outcome}))


globals()["@DEED@"]()
