"""Which row and column a model refuses, found in about log2 of both tries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from serving.mistakes import BadRequest
from serving.rows import Rows

MOST_TEXT = 500


@dataclass(frozen=True)
class Suspects:
    """A model's method, and what its rows are compared with."""

    ask: Callable[[Rows], Any]
    """Gives rows to the model; raises what the model raises."""
    columns: Sequence[str]
    good: list[Any]
    """The cells of a row that the model answers."""

    def blame(self, rows: Rows, refusal: Exception) -> BadRequest:
        """The first of `rows` that is refused, where all together are with `refusal`."""
        row, refusal = self._first(len(rows), lambda start, end: rows[start:end], refusal)
        bad = rows[row]
        if not (refused := self._refusal_of([bad])):
            return _refused(f"Row {row + 1}", refusal, row + 1)
        if broken := self._refusal_of([self.good]):
            message = f"The model refuses even its own example: {broken}"[:MOST_TEXT]
            return BadRequest("broken_model", message, status=500)
        place, refused = self._first(
            len(bad), lambda _, end: [bad[:end] + self.good[end:]], refused
        )
        name = self.columns[place]
        where = f"Row {row + 1}, column {name!r}"
        if bad[place] is None:
            message = f"{where}: this model takes no missing values."
            return BadRequest("missing_value", message, row + 1, name)
        return _refused(where, refused, row + 1, name)

    def _first(
        self, count: int, with_those: Callable[[int, int], Rows], refusal: Exception
    ) -> tuple[int, Exception]:
        """Which of `count` things is the first to be refused, where all together are; and why.

        `with_those(start, end)`: what to ask; all before `start` is known to be well.
        """
        first, last = 0, count
        while last - first > 1:
            middle = (first + last) // 2
            if refused := self._refusal_of(with_those(first, middle)):
                last, refusal = middle, refused
            else:
                first = middle
        return first, refusal

    def _refusal_of(self, rows: Rows) -> Exception | None:
        try:
            self.ask(rows)
        except (MemoryError, TimeoutError):
            raise
        except Exception as refusal:
            return refusal
        return None


def _refused(where: str, refusal: Exception, row: int, column: str | None = None) -> BadRequest:
    said = str(refusal) or type(refusal).__name__
    return BadRequest("refused_by_model", f"{where}: {said}"[:MOST_TEXT], row, column)
