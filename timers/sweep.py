"""Every 15 minutes: rows and cloud resources that have lost each other are brought together."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import azure.functions as func
import structlog

from shared.services import services
from shared.use_cases.sweep import Sweeper

log = structlog.get_logger()


async def sweep(timer: func.TimerRequest, client: Any) -> None:
    parts = services()
    orchestrations = parts.orchestrations(client)
    sweeper = Sweeper(parts.records, parts.target, orchestrations, parts.settings)
    await asyncio.to_thread(sweeper.sweep, datetime.now(UTC))
    log.info("swept", past_due=timer.past_due, **sweeper.report.model_dump())
