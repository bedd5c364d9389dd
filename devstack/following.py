"""Following a deployment over HTTP: its phases as they pass, drawn on a terminal or told."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx
from rich.console import Console
from rich.live import Live
from rich.table import Table

TYPICAL_SECONDS = {"create_deployment": 5.0, "prepare_model": 4.0, "create_endpoint": 1.0}
"""In the local world; on Azure creating a deployment takes 6 to 10 minutes."""
MARKS = {
    "started": "[yellow]…[/]", "retrying": "[yellow]↻[/]", "note": "[yellow]…[/]",
    "succeeded": "[green]✓[/]", "failed": "[red]✗[/]",
}  # fmt: skip
Detail = dict[str, Any]


OUTAGE_SECONDS = 60
"""A service that dies is restarted within seconds; after this long that does not help."""
STILL_SECONDS = 10
"""Where lines are told, so often it says what it still waits for."""


class Display(Protocol):
    def show(self, detail: Detail) -> None: ...

    def tell(self, text: str) -> None: ...


class Lines:
    """One plain line for each phase that begins or ends, and for one that takes long."""

    def __init__(self, console: Console) -> None:
        self._console, self._said = console, set[tuple[str, str, int]]()

    def show(self, detail: Detail) -> None:
        for phase in detail["phases"]:
            passed, ended = seconds(phase), phase["ended_at"]
            tens = 0 if ended else int(passed / STILL_SECONDS)
            word = (phase["phase"], phase["status"], tens)
            if word not in self._said:
                self._said.add(word)
                took = f" ({passed:.1f} s)" if ended or tens else ""
                self.tell(f"{phase['phase']}: {phase['status']}{took} {phase['message']}")

    def tell(self, text: str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)


class Drawing:
    """A table that is drawn again: each phase, its time, its typical time, its latest word."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def show(self, detail: Detail) -> None:
        table = Table.grid(padding=(0, 2))
        for phase in detail["phases"]:
            typical = TYPICAL_SECONDS.get(phase["phase"])
            usual = "" if phase["ended_at"] or not typical else f"usually {typical:.0f} s"
            table.add_row(
                MARKS[phase["status"]],
                phase["phase"],
                f"{seconds(phase):5.1f} s",
                usual,
                phase["message"],
            )
        self._live.update(table, refresh=True)

    def tell(self, text: str) -> None:
        self._live.console.print(text, markup=False)


@contextmanager
def display(console: Console) -> Iterator[Display]:
    if console.is_terminal:
        with Live(console=console, auto_refresh=False) as live:
            yield Drawing(live)
    else:
        yield Lines(console)


def follow(client: httpx.Client, deployment_id: str, shown: Display, deadline: float) -> Detail:
    """Ask until it is no longer deploying and every phase has ended. TimeoutError after that.

    A host that is away for OUTAGE_SECONDS at most is waited for.
    """
    until = time.monotonic() + deadline
    while time.monotonic() < until:
        detail = _ask(client, f"/deployments/{deployment_id}", shown)
        shown.show(detail)
        if detail["status"] != "deploying" and all(each["ended_at"] for each in detail["phases"]):
            return detail
        time.sleep(0.3)
    raise TimeoutError(f"Deployment {deployment_id} is still deploying after {deadline:.0f} s.")


def _ask(client: httpx.Client, path: str, shown: Display) -> Detail:
    """The reply's body. A restart of whoever answers is told in one line and waited for."""
    until = time.monotonic() + OUTAGE_SECONDS
    told = ""
    while time.monotonic() < until:
        try:
            reply = client.get(path)
            if reply.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                detail: Detail = reply.raise_for_status().json()
                return detail
            away = "The API answers 503 for now; asking again."
        except httpx.TransportError:
            away = "The functions host is being restarted; the deployment goes on where it was."
        if not told:
            shown.tell(told := away)
        time.sleep(0.3)
    raise TimeoutError(
        f"There was no good answer for {OUTAGE_SECONDS} s. {told} "
        "The logs in the state folder say why; the next start goes on with the deployment."
    )


def seconds(phase: dict[str, Any]) -> float:
    """How long a phase took, or has taken so far."""
    started = datetime.fromisoformat(phase["started_at"])
    ended = phase["ended_at"]
    until = datetime.fromisoformat(ended) if ended else datetime.now(UTC)
    return max(0.0, (until - started).total_seconds())
