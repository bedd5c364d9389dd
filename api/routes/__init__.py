"""The routes, one file a subject. Importing this package declares all of them in ROUTES."""

from api.routes import (
    batches,
    deployments,
    endpoints,
    limits,
    meta,
    models,
    operations,
    serving,
    templates,
)

__all__ = [
    "batches",
    "deployments",
    "endpoints",
    "limits",
    "meta",
    "models",
    "operations",
    "serving",
    "templates",
]
