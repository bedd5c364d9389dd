"""Durable Functions on SQLite: the engine behind orchestrations, activities and entities."""
