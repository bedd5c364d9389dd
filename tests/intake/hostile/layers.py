"""Sends one hostile file through one layer of the intake, in a bounded child process."""

import contextlib
import faulthandler
import io
import os
import resource
import select
import signal
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO

from serving.model_file.findings import Findings, Refused, Unreadable
from serving.model_file.load import is_listed, load_upload
from serving.model_file.rewrite import rewritten

MEMORY_BYTES = 3 << 29
CPU_SECONDS = 20
WALL_SECONDS = 40
STOPPED = ("refused", "unreadable", "bounded")


def rewriter(data: bytes) -> str:
    """The reading alone: "refused", "unreadable", "accepted", or what else was raised."""
    try:
        for _ in rewritten(_unpacked(data), Findings(), uploads=True):
            pass
    except Refused as reason:
        return f"refused: {reason}"
    except Unreadable as reason:
        return f"unreadable: {reason}"
    return "accepted"


def examined(data: bytes) -> str:
    """The scan of an upload of any form, without the process of its own."""
    from shared.adapters.conversion.scan.reading import read

    found = read(io.BytesIO(data), "upload")
    return f"{found['verdict']}: {'; '.join(found['reasons'])}"


def graph(data: bytes) -> str:
    """Reading, loading and judging; what loading itself raises counts as unreadable."""
    from serving.model_file.judge import Unfit, judge

    try:
        model = load_upload(_unpacked(data), Findings())
    except Refused as reason:
        return f"refused by reading: {reason}"
    except Unreadable as reason:
        return f"unreadable: {reason}"
    except (Exception, RecursionError) as error:
        return f"unreadable, loading raised {type(error).__name__}: {error}"
    try:
        judge(model, allowed=is_listed, cpus=2)
    except Unfit as reason:
        return f"refused: {reason}"
    return "accepted"


def scanner(data: bytes) -> str:
    """The app's scan, in its own confined child."""
    from shared.adapters.conversion.scan.child import scan

    with tempfile.NamedTemporaryFile(suffix=".joblib") as file:
        Path(file.name).write_bytes(data)
        verdict = scan(Path(file.name))
    return f"{verdict.verdict}: {'; '.join(verdict.reasons)}"


def _unpacked(data: bytes) -> IO[bytes]:
    from shared.adapters.conversion.scan.decompress import unpacked

    return unpacked(io.BytesIO(data))


def in_child(layer: Callable[[bytes], str], data: bytes, *, limit_memory: bool = True) -> str:
    """What `layer` says of `data`, or "bounded: ..." or "crashed: ..." of its child."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _answer(layer, data, writing, limit_memory)
    os.close(writing)
    answer = _received(reading, time.monotonic() + WALL_SECONDS)
    os.close(reading)
    if answer is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if answer is None:
        return f"bounded: {WALL_SECONDS} s"
    if os.WIFSIGNALED(status):
        by = signal.Signals(os.WTERMSIG(status)).name
        return f"bounded: {by}" if by in ("SIGXCPU", "SIGKILL") else f"crashed: {by}"
    return answer or "crashed: no answer"


def _answer(layer: Callable[[bytes], str], data: bytes, writing: int, limit_memory: bool) -> None:
    """The child's part; never returns."""
    try:
        faulthandler.disable()
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if limit_memory:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        try:
            said = layer(data)
        except MemoryError:
            said = "bounded: memory"
        except BaseException as error:
            said = f"raised {type(error).__name__}: {error} {traceback.format_exc()[-300:]}"
        os.write(writing, said.encode(errors="replace")[:4000])
    finally:
        os._exit(0)


def _received(reading: int, deadline: float) -> str | None:
    """All that the child writes, as text; None when its time is up."""
    parts: list[bytes] = []
    while (left := deadline - time.monotonic()) > 0:
        if select.select([reading], [], [], left)[0]:
            part = os.read(reading, 1 << 16)
            if not part:
                return b"".join(parts).decode(errors="replace")
            parts.append(part)
    return None
