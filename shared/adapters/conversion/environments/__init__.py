"""Pinned environments: which versions a model needs, and the interpreters that have them."""
