"""The REST service: a URL becomes one SQL statement, and its result the reply. Speaks PostgREST's protocol."""
