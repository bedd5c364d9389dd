"""A part of the sweeper by the clock: in a thread, with a log line of what it has done."""

import asyncio
from collections.abc import Callable
from typing import Any

import azure.functions as func
import structlog

from shared.services import services
from shared.use_cases.sweep import Sweeper

log = structlog.get_logger()


async def swept(
    timer: func.TimerRequest, client: Any, part: Callable[[Sweeper], None], event: str
) -> None:
    """Let a new sweeper do this part. `event` is the log line's name; its report is what it says.

    `client` is the invocation's durable client.
    """
    parts = services()
    orchestrations = parts.orchestrations(client)
    sweeper = Sweeper(parts.records, parts.target, orchestrations, parts.settings)
    await asyncio.to_thread(part, sweeper)
    log.info(event, past_due=timer.past_due, **sweeper.report.model_dump())
