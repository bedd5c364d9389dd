"""Every six hours: read which sizes the region offers to online endpoints, and their prices."""

import azure.functions as func
import structlog

from shared.errors import SlipwayError
from shared.services import services
from shared.use_cases import known_sizes

log = structlog.get_logger()


def refresh_sizes(timer: func.TimerRequest) -> None:
    """The sizes that are known stay where Azure ML or Supabase does not answer."""
    try:
        offered = known_sizes.refresh_sizes(services().target, services().records)
    except SlipwayError as error:
        log.warning("sizes_not_refreshed", code=error.code, past_due=timer.past_due)
    else:
        log.info("sizes_refreshed", offered=offered, past_due=timer.past_due)
