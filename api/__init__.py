"""HTTP only: parse, one call, reply. No rule lives here."""

import azure.durable_functions as df

from api import deploying, documentation, endpoint, reading
from api.route import ROUTES, register
from api.unknown import UNKNOWN


def blueprints() -> list[df.Blueprint]:
    bp = df.Blueprint()
    for route in (*ROUTES, UNKNOWN):
        register(bp, route)
    return [bp]


__all__ = ["blueprints", "deploying", "documentation", "endpoint", "reading"]
