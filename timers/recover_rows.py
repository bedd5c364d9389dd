"""At start and every 5 minutes: begin what a crash kept from beginning, fail what it has lost."""

from datetime import UTC, datetime
from typing import Any

import azure.functions as func

from timers.support.sweeping import swept


async def recover_rows(timer: func.TimerRequest, client: Any) -> None:
    now = datetime.now(UTC)
    await swept(timer, client, lambda sweeper: sweeper.recover_rows(now), "rows_recovered")
