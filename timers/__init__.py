"""What happens by the clock: each timer calls one use case and writes one log line."""

import azure.durable_functions as df

from timers.apply_limits import apply_limits
from timers.refresh_sizes import refresh_sizes
from timers.sweeper import begin_due, recover_rows, sweep

EVERY_30_SECONDS = "*/30 * * * * *"
EVERY_5_MINUTES = "0 */5 * * * *"
EVERY_15_MINUTES = "0 */15 * * * *"
EVERY_6_HOURS = "0 20 */6 * * *"


def blueprint() -> df.Blueprint:
    """Each timer with its schedule; the two that a fresh app needs at once also run at start."""
    bp = df.Blueprint()
    at_start = {"arg_name": "timer", "run_on_startup": True}
    durable = bp.durable_client_input(client_name="client")
    bp.timer_trigger(schedule=EVERY_15_MINUTES, **at_start)(apply_limits)
    bp.timer_trigger(schedule=EVERY_5_MINUTES, **at_start)(durable(recover_rows))
    bp.timer_trigger(arg_name="timer", schedule=EVERY_30_SECONDS)(durable(begin_due))
    bp.timer_trigger(arg_name="timer", schedule=EVERY_15_MINUTES)(durable(sweep))
    bp.timer_trigger(arg_name="timer", schedule=EVERY_6_HOURS)(refresh_sizes)
    return bp
