"""The timeline of a deployment or an operation: its events, and the phases they fold into."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.failure import Failure

EventStatus = Literal["started", "succeeded", "failed", "retrying", "note"]


class Event(BaseModel):
    """One line of a deployment's timeline (`deployment_events`)."""

    model_config = ConfigDict(extra="ignore")

    deployment_id: str
    phase: str
    status: EventStatus
    message: str
    detail: str | None = None
    """A log tail, correlation ids; at most 16 KB."""
    error: Failure | None = None
    """Of a failed phase: why, as a value."""
    operation_id: str | None = None
    at: datetime | None = None
    """Set by the database."""


class PhaseSummary(BaseModel):
    """One phase of the timeline, folded."""

    phase: str
    status: EventStatus
    started_at: datetime | None = None
    ended_at: datetime | None = None
    message: str = ""
    detail: str | None = None
    error: Failure | None = None
    earlier: list[str] = Field(
        default_factory=list,
        description="What it said when it ended before, where it ran again; the last 20.",
    )


MOST_EARLIER = 20
"""Messages of earlier rounds that a phase keeps."""
ENDINGS = ("succeeded", "failed")


def fold_timeline(events: Iterable[Event]) -> list[PhaseSummary]:
    """The phases of these events, in the order in which they began. `events`: oldest first.

    Each phase has its first start, its last message and the end that it has had. One that begins
    again after its end, as the steps of a release do, is timed anew; its old message goes to
    `earlier`.
    """
    found: dict[str, PhaseSummary] = {}
    for event in events:
        summary = found.setdefault(
            event.phase, PhaseSummary(phase=event.phase, status="started", started_at=event.at)
        )
        if event.status == "started" and summary.ended_at:
            earlier = [*summary.earlier, summary.message][-MOST_EARLIER:]
            summary = PhaseSummary(
                phase=event.phase, status="started", started_at=event.at, earlier=earlier
            )
            found[event.phase] = summary
        summary.status, summary.message = event.status, event.message
        summary.detail = event.detail or summary.detail
        summary.error = event.error or summary.error
        if event.status in ENDINGS:
            summary.ended_at = event.at
    return list(found.values())
