"""The memo: values that the file may recall by number, and where they are in the written file."""

from array import array
from bisect import bisect_right
from typing import Any, Final, NamedTuple

from serving.model_file.symbols import Data

WORD: Final = Data("text", 0)
"""A text that is not kept, since so many would fill the memory. It names nothing from here on."""


class Stretch(NamedTuple):
    """Entries from `first` up to `end` that are texts which are not kept."""

    first: int
    end: int
    place: int
    """Of the first one in the written file."""
    left_out: int
    """Entries that are not kept, from the file's beginning to this end."""


class Memo:
    """The entries of one pickle, in order."""

    __slots__ = ("_firsts", "_stretches", "places", "values")

    def __init__(self) -> None:
        self.values: list[Any] = []
        """All but what lies in a stretch."""
        self.places = array("I")
        """Of each value in the written file, where nested pickles share one memo."""
        self._stretches: list[Stretch] = []
        self._firsts: list[int] = []

    @property
    def size(self) -> int:
        left_out = self._stretches[-1].left_out if self._stretches else 0
        return len(self.values) + left_out

    def leave_out(self, count: int, place: int) -> None:
        """The next `count` entries are texts that are not kept."""
        first = self.size
        left_out = first - len(self.values) + count
        last = self._stretches[-1] if self._stretches else None
        if last and last.end == first and last.place - last.first == place - first:
            self._stretches[-1] = last._replace(end=first + count, left_out=left_out)
        else:
            self._stretches.append(Stretch(first, first + count, place, left_out))
            self._firsts.append(first)

    def stretch(self, index: int) -> Stretch | None:
        """The last one that begins at `index` or before."""
        found = bisect_right(self._firsts, index)
        return self._stretches[found - 1] if found else None

    def entry(self, index: int) -> tuple[Any, int]:
        """(value, place in the written file). IndexError where there is none."""
        if self._firsts and (stretch := self.stretch(index)):
            if index < stretch.end:
                return WORD, stretch.place + index - stretch.first
            index -= stretch.left_out
        return self.values[index], self.places[index]
