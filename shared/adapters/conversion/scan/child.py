"""Judges a model file in a confined child: no keys, no network; over a bound is a verdict."""

import contextlib
import hashlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from serving.walls import kernel
from shared.adapters.conversion.scan import bounds, bytecode
from shared.domain.model import Verdict

_BOOTSTRAP = (
    "import sys; sys.path.append(sys.argv.pop(1));"
    " from shared.adapters.conversion.scan.reading import main;"
    " sys.pycache_prefix, sys.dont_write_bytecode = None, True; main()"
)
"""What is imported later, inside the walls, can neither read that folder nor write to any."""
_ROOT = Path(__file__).parents[4]
_USERS = range(30_000, 60_000)
"""User ids that own nothing: above people's, below the service manager's."""


def scan(file: Path, kind: Literal["upload", "canonical"] = "upload") -> Verdict:
    """What `file` is and whether it may be loaded. OSError where it cannot be opened.

    upload: any form that people save models in. canonical: the one form that conversions write.
    """
    with file.open("rb") as opened, ThreadPoolExecutor(1) as beside:
        hashing = beside.submit(_sha256, opened.fileno())
        report, ended = _answer(opened.fileno(), kind)
        sha256 = hashing.result()
    if report:
        with contextlib.suppress(ValueError, ValidationError, TypeError):
            return Verdict.model_validate({**json.loads(report), "sha256": sha256})
    return Verdict(**_unanswered(ended), sha256=sha256)


def _sha256(file: int) -> str:
    """Of all of a file whose position belongs to the child."""
    digest, buffer, position = hashlib.sha256(), memoryview(bytearray(1 << 20)), 0
    while count := os.preadv(file, [buffer], position):
        digest.update(buffer[:count])
        position += count
    return digest.hexdigest()


def _answer(file: int, kind: str) -> tuple[bytes, int | None]:
    """What the child wrote, and how it ended: None when its time was up."""
    user = secrets.choice(_USERS)
    arguments = [kind, str(os.getpid()), str(user if kernel.may_become(user) else 0)]
    kept = bytecode.folder()
    caching = ["-X", f"pycache_prefix={kept}"] if kept else ["-B"]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", *caching, "-c", _BOOTSTRAP, str(_ROOT), *arguments],
            stdin=file,
            stdout=theirs.fileno(),
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
        theirs.close()
        deadline = time.monotonic() + bounds.WALL_SECONDS
        try:
            report = _received(ours, deadline)
            return report, process.wait(max(0.0, deadline - time.monotonic()))
        except (TimeoutError, subprocess.TimeoutExpired):
            return b"", None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _received(channel: socket.socket, deadline: float) -> bytes:
    """All that is sent until the other end closes; TimeoutError when that takes too long."""
    received = bytearray()
    while len(received) <= bounds.MOST_REPORT_BYTES:
        channel.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            piece = channel.recv(1 << 16)
        except ConnectionError:
            return b""
        if not piece:
            return bytes(received)
        received += piece
    return b""


def _unanswered(ended: int | None) -> dict[str, Any]:
    """The verdict on a file whose reading did not come to an end."""
    if ended is None:
        needs = f"more than {bounds.WALL_SECONDS} s"
    elif ended in (-signal.SIGXCPU, -signal.SIGKILL):
        needs = f"more than {bounds.CPU_SECONDS} s of CPU"
    else:
        reason = f"Reading the file ended its process ({ended})."
        fix = "Save the model again with joblib.dump(model, 'model.joblib') and upload that file."
        refusal = {"code": "model_unreadable", "message": reason, "fix": fix}
        return {"verdict": "unreadable", "reasons": [reason], "libraries": {}, "refusal": refusal}
    reason = f"The file needs {needs} to judge."
    fix = "Train a smaller model: fewer, shallower trees or fewer stored objects."
    refusal = {"code": "model_conversion_timed_out", "message": reason, "fix": fix}
    return {"verdict": "refused", "reasons": [reason], "libraries": {}, "refusal": refusal}
