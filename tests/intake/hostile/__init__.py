"""Hostile model files of every kind, made when they are asked for.

`cases()` gives them all; `python -m tests.intake.hostile` says which are not refused as they
should be, and by which layer.
"""

from collections.abc import Iterator

from tests.intake.hostile import (
    arrays,
    bombs,
    forms,
    machine,
    names_called,
    sizes,
    values,
    values_indices,
    values_shapes,
    values_tables,
)
from tests.intake.hostile.case import Case

MODULES = (
    names_called,
    machine,
    arrays,
    sizes,
    bombs,
    forms,
    values,
    values_indices,
    values_shapes,
    values_tables,
)


def cases() -> Iterator[Case]:
    """Every hostile file, in a fixed order, each with a name of its own."""
    for module in MODULES:
        yield from module.cases()
