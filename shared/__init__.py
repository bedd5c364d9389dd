"""What the HTTP routes, the orchestrators and the activities have in common."""
