"""At start and every 5 minutes: what a crash kept from beginning begins, what it lost is told."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import azure.durable_functions as df
import azure.functions as func
import structlog

from shared.durable import DurableOrchestrations
from shared.services import services
from shared.sweeping import Sweeper

bp = df.Blueprint()
log = structlog.get_logger()


async def tend_rows(timer: func.TimerRequest, client: Any) -> None:
    orchestrations = DurableOrchestrations(client)
    parts = services()
    sweeper = Sweeper(parts.records, parts.serving, orchestrations, parts.settings)
    await asyncio.to_thread(sweeper.tend_rows, datetime.now(UTC))
    log.info("rows_tended", past_due=timer.past_due, **sweeper.report.model_dump())


bp.timer_trigger(arg_name="timer", schedule="0 */5 * * * *", run_on_startup=True)(
    bp.durable_client_input(client_name="client")(tend_rows)
)
