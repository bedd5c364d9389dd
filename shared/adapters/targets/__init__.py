"""Clouds that serve models, one package each, behind the port ServingTarget."""
