"""Online endpoints in operation: environments, containers and the scoring front door."""
