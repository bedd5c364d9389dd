"""What the timers share."""
