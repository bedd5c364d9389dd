"""How many levels deep values lie in each other: bounded while reading, before anything is built.

Picklers fill a container before they put it into another, so that its depth is known by then. What
is filled later, as in objects that refer to each other, is counted on top.
"""

from collections.abc import Collection

from serving.model_file.findings import Refused
from serving.model_file.symbols import Items, Made, Table

MOST_LEVELS = 2000
"""Models have a few dozen; the judge of loaded values stops at 500 steps."""
_FLAT = 8
"""What a tuple counts as that is not in the table: it has at most so many levels."""
_HOLDING = frozenset({Items, Table, Made, tuple})


class Levels:
    """Of the values of one pickle."""

    __slots__ = ("_late", "_tuples")

    def __init__(self) -> None:
        self._tuples: dict[int, int] = {}
        """Levels of deep tuples, by their ids. Every tuple that is made is noted or taken out."""
        self._late = 0

    def of(self, values: Collection[object]) -> int:
        """The most levels that one of the values has, which from now on are held by another."""
        if _HOLDING.isdisjoint(map(type, values)):  # most are plain, which is told in no time
            return 0
        deepest = 0
        for value in values:
            kind = type(value)
            if kind in _HOLDING:
                if kind is tuple:
                    depth = self._tuples.get(id(value), _FLAT) if value else 1
                else:
                    depth = value.depth  # type: ignore[attr-defined]
                    value.held = True  # type: ignore[attr-defined]
                if depth > deepest:
                    deepest = depth
        return deepest

    def add_tuple(self, made: tuple[object, ...]) -> None:
        """Note a tuple that was made. Refused where it lies too deep."""
        depth = self.of(made) + 1
        if depth > _FLAT:
            self._tuples[id(made)] = depth
            if depth > MOST_LEVELS:
                raise _too_deep()
        else:
            self._tuples.pop(id(made), None)

    def put(self, target: Items | Table | Made, values: Collection[object]) -> None:
        """Note that `target` holds the values. Refused where they lie too deep."""
        depth = self.of(values) + 1
        if depth > target.depth:
            if target.held:
                self._late += depth
            target.depth = depth
            if depth + self._late > MOST_LEVELS:
                raise _too_deep()

    def give(self, target: Items | Made, given: object) -> None:
        """Note that an object was given arguments or a state; a flat tuple is no level."""
        if type(given) is tuple and not given:
            return
        flat = type(given) is tuple and id(given) not in self._tuples
        self.put(target, given if flat else (given,))  # type: ignore[arg-type]


def _too_deep() -> Refused:
    return Refused(f"Values more than {MOST_LEVELS:,} levels deep inside each other")
