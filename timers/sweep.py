"""Every 15 minutes: end rows whose resources are gone, remove resources whose rows are gone."""

from datetime import UTC, datetime
from typing import Any

import azure.functions as func

from timers.support.sweeping import swept


async def sweep(timer: func.TimerRequest, client: Any) -> None:
    now = datetime.now(UTC)
    await swept(timer, client, lambda sweeper: sweeper.sweep(now), "swept")
