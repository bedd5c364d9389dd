"""The sweeper's three timers: each lets a new Sweeper do one part, in a thread, and logs it.

`client` is the invocation's durable client.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import azure.functions as func
import structlog

from shared.services import services
from shared.use_cases.sweep import Sweeper

log = structlog.get_logger()


async def begin_due(timer: func.TimerRequest, client: Any) -> None:
    """Put to sleep or remove deployments that have expired or were replaced."""
    await _swept(timer, client, Sweeper.begin_due, "due_begun")


async def recover_rows(timer: func.TimerRequest, client: Any) -> None:
    """Begin operations that a crash kept from beginning; end those that it has lost."""
    now = datetime.now(UTC)
    await _swept(timer, client, lambda sweeper: sweeper.recover_rows(now), "rows_recovered")


async def sweep(timer: func.TimerRequest, client: Any) -> None:
    """Recover rows; end rows whose resources are gone, remove resources whose rows are gone."""
    now = datetime.now(UTC)
    await _swept(timer, client, lambda sweeper: sweeper.sweep(now), "swept")


async def _swept(
    timer: func.TimerRequest, client: Any, part: Callable[[Sweeper], None], event: str
) -> None:
    """`event` is the log line's name."""
    parts = services()
    orchestrations = parts.orchestrations(client)
    sweeper = Sweeper(parts.records, parts.target, orchestrations, parts.settings)
    await asyncio.to_thread(part, sweeper)
    log.info(event, past_due=timer.past_due, **sweeper.report.model_dump())
