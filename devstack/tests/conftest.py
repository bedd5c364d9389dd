"""The running world is the one that the product's end-to-end tests use."""

from tests.e2e.conftest import session_world, world

__all__ = ["session_world", "world"]
