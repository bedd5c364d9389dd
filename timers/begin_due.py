"""Every half minute: put to sleep or remove deployments that have expired or were replaced."""

from typing import Any

import azure.functions as func

from shared.use_cases.sweep import Sweeper
from timers.support.sweeping import swept


async def begin_due(timer: func.TimerRequest, client: Any) -> None:
    await swept(timer, client, Sweeper.begin_due, "due_begun")
