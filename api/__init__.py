"""HTTP only: parse, one use case, reply. No rule lives here."""

import azure.durable_functions as df

from api.http.routing import ROUTES, register
from api.routes.unknown import UNKNOWN


def blueprint() -> df.Blueprint:
    """Every route of the API, and the one that answers what no other takes."""
    bp = df.Blueprint()
    for route in (*ROUTES, UNKNOWN):
        register(bp, route)
    return bp
