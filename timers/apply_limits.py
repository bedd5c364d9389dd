"""At start and every 15 minutes: the database enforces the limits that the settings name."""

import azure.functions as func
import structlog

from shared.domain.deployment import Limits
from shared.services import services

log = structlog.get_logger()


def apply_limits(timer: func.TimerRequest) -> None:
    """Write the settings' limits into the database. What it raises is the timer's failure."""
    settings = services().settings
    services().records.apply_limits(
        Limits(
            max_deploying=settings.max_deploying,
            max_active=settings.max_active,
            max_requests_per_minute=settings.max_requests_per_minute,
            allow_anonymous=settings.allow_anonymous_users,
        )
    )
    log.info("limits_applied", past_due=timer.past_due)
