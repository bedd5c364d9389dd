"""At start and every 5 minutes: what a crash kept from beginning begins, what it lost is told."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import azure.functions as func
import structlog

from shared.services import services
from shared.use_cases.sweep import Sweeper

log = structlog.get_logger()


async def recover_rows(timer: func.TimerRequest, client: Any) -> None:
    parts = services()
    orchestrations = parts.orchestrations(client)
    sweeper = Sweeper(parts.records, parts.target, orchestrations, parts.settings)
    await asyncio.to_thread(sweeper.recover_rows, datetime.now(UTC))
    log.info("rows_recovered", past_due=timer.past_due, **sweeper.report.model_dump())
