"""What a route or a timer does, above the ports."""
