"""The REST service, which speaks PostgREST's protocol: a URL becomes one SQL statement."""
