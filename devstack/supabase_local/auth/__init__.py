"""The auth service: users, sessions and the tokens that the other services believe."""
