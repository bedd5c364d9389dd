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


class Display(Protocol):
    def show(self, detail: Detail) -> None: ...


class Lines:
    """One plain line for each phase that begins or ends."""

    def __init__(self, console: Console) -> None:
        self._console, self._said = console, set[tuple[str, str]]()

    def show(self, detail: Detail) -> None:
        for phase in detail["phases"]:
            word = (phase["phase"], phase["status"])
            if word not in self._said:
                self._said.add(word)
                took = f" ({seconds(phase):.1f} s)" if phase["ended_at"] else ""
                self._console.print(
                    f"{phase['phase']}: {phase['status']}{took} {phase['message']}",
                    markup=False,
                    soft_wrap=True,
                )


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


@contextmanager
def display(console: Console) -> Iterator[Display]:
    if console.is_terminal:
        with Live(console=console, auto_refresh=False) as live:
            yield Drawing(live)
    else:
        yield Lines(console)


def follow(client: httpx.Client, deployment_id: str, shown: Display, deadline: float) -> Detail:
    """Ask until it is no longer deploying and every phase has ended. TimeoutError after that."""
    until = time.monotonic() + deadline
    while time.monotonic() < until:
        reply = client.get(f"/deployments/{deployment_id}")
        reply.raise_for_status()
        detail: Detail = reply.json()
        shown.show(detail)
        if detail["status"] != "deploying" and all(each["ended_at"] for each in detail["phases"]):
            return detail
        time.sleep(0.3)
    raise TimeoutError(f"Deployment {deployment_id} is still deploying after {deadline:.0f} s.")


def seconds(phase: dict[str, Any]) -> float:
    """How long a phase took, or has taken so far."""
    started = datetime.fromisoformat(phase["started_at"])
    ended = phase["ended_at"]
    until = datetime.fromisoformat(ended) if ended else datetime.now(UTC)
    return max(0.0, (until - started).total_seconds())
