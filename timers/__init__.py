"""What happens by the clock: each file is one timer, one call, one log line."""

import azure.durable_functions as df

from timers import apply_limits, sweep, tend_rows


def blueprints() -> list[df.Blueprint]:
    return [apply_limits.bp, sweep.bp, tend_rows.bp]
