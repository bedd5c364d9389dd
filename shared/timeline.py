"""The timeline folded into phases, in the order in which they began."""

from collections.abc import Iterable

from shared.schemas.deployment import Event, PhaseSummary

ENDINGS = ("succeeded", "failed")


def phases(events: Iterable[Event]) -> list[PhaseSummary]:
    """`events` oldest first. A phase that was tried again shows its latest word."""
    found: dict[str, PhaseSummary] = {}
    for event in events:
        summary = found.setdefault(
            event.phase, PhaseSummary(phase=event.phase, status="started", started_at=event.at)
        )
        summary.status, summary.message = event.status, event.message
        summary.detail = event.detail or summary.detail
        if event.status in ENDINGS:
            summary.ended_at = event.at
    return list(found.values())
