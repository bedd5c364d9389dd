"""A deployment's log: its head says how far the instance has come, its tail is the container's."""

import datetime as dt
from pathlib import Path

LOG_TAIL_BYTES = 1 << 20

PULLING = ("Pulling", "Start pulling container image")
PULLED = ("Pulled", "Container image is pulled successfully")
DOWNLOADING = ("Downloading", "Start downloading models")
DOWNLOADED = ("Downloaded", "Models are downloaded successfully")
CREATED = ("Created", "Created container inference-server")
STARTED = ("Started", "Started container inference-server")
READY = ("ContainerReady", "Container is ready")
CRASHED = ("BackOff", "Back-off restarting failed container")

STEPS = {
    "SystemSetup": (None, None),
    "UserContainerImagePull": (PULLING, PULLED),
    "ModelDownload": (DOWNLOADING, DOWNLOADED),
    "UserContainerStart": (CREATED, STARTED),
}
"""Each step of an instance with the events that begin and end it; the first is always done."""


class InstanceLog:
    """The events of one instance, a line each, in a file beside its container's log."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def clear(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text("")

    def note(self, event: tuple[str, str]) -> None:
        name, message = event
        moment = dt.datetime.now(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        with self._path.open("a") as stream:
            stream.write(
                f"Kind: Pod, Name: {name}, Type: {'Warning' if event == CRASHED else 'Normal'},"
                f" Time: {moment}Z, Message: {message}\n"
            )

    def head(self) -> list[str]:
        """The lines that stand above the container's own log."""
        events = self._path.read_text().splitlines() if self._path.exists() else []
        seen = {line.split(", ")[1].removeprefix("Name: ") for line in events}
        status = [f"{step}: {_state(seen, *ends)}" for step, ends in STEPS.items()]
        events = ["", "Container events:", *events, "", "Container logs:"]
        return ["Instance status:", *status, *events]


def with_head(head: list[str], log: str, lines: int) -> str:
    """At most `lines` lines of both; where that is too few, the log keeps half of them.

    A blank line follows, as the service has it.
    """
    kept = log.splitlines()[-max(lines - len(head), (lines + 1) // 2, 1) :]
    return "\n".join([*head[: lines - len(kept)], *kept]) + "\n\n"


def tail(path: Path, lines: int) -> str:
    """The last lines of a file, out of at most its last LOG_TAIL_BYTES."""
    if not path.exists():
        return ""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - LOG_TAIL_BYTES))
        text = stream.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def _state(seen: set[str], begin: tuple[str, str] | None, end: tuple[str, str] | None) -> str:
    if end is None or end[0] in seen:
        return "Succeeded"
    if begin is not None and begin[0] in seen:
        return "Failed" if CRASHED[0] in seen else "InProgress"
    return "Waiting"
