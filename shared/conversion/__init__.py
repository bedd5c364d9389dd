"""`python -m shared.conversion.scan FILE`: the path that people know; all of it is in adapters."""
