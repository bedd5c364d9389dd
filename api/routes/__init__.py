"""The routes, one file a subject. Importing this package declares all of them in ROUTES."""

from api.routes import deployments, endpoints, meta, operations, swagger

__all__ = ["deployments", "endpoints", "meta", "operations", "swagger"]
