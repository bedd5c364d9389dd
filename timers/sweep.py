"""Every 15 minutes: rows and cloud resources that have lost each other are brought together."""

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


async def sweep(timer: func.TimerRequest, client: Any) -> None:
    orchestrations = DurableOrchestrations(client)
    parts = services()
    sweeper = Sweeper(parts.records, parts.serving, orchestrations, parts.settings)
    await asyncio.to_thread(sweeper.sweep, datetime.now(UTC))
    log.info("swept", past_due=timer.past_due, **sweeper.report.model_dump())


bp.timer_trigger(arg_name="timer", schedule="0 */15 * * * *")(
    bp.durable_client_input(client_name="client")(sweep)
)
