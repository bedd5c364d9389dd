"""Every half minute: what has expired or was replaced goes to sleep, or goes away."""

import asyncio
from typing import Any

import azure.functions as func
import structlog

from shared.services import services
from shared.use_cases.sweep import Sweeper

log = structlog.get_logger()


async def begin_due(timer: func.TimerRequest, client: Any) -> None:
    parts = services()
    orchestrations = parts.orchestrations(client)
    sweeper = Sweeper(parts.records, parts.target, orchestrations, parts.settings)
    await asyncio.to_thread(sweeper.begin_due)
    log.info("due_begun", past_due=timer.past_due, **sweeper.report.model_dump())
