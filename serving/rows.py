"""Rows as they were sent, by name or in order, as the model's cells."""

from collections.abc import Collection
from typing import Any

from serving.cells import converter
from serving.description import Description
from serving.mistakes import BadRequest

MOST_NAMED = 20
MADE_UP = (["x0"], ["text"])
"""What the one column of a model without names is called: a row may call it anything."""

Rows = list[list[Any]]


class RowReader:
    """Reads a request's rows; BadRequest names the row, from 1, and the column.

    `names`: what the values of a list are, None for the model's own columns; `ignore`: columns that
    the model does not have are passed over.
    """

    def __init__(self, description: Description, names: list[str] | None, ignore: bool) -> None:
        self.columns = description.columns
        self.known = {column.name for column in self.columns}
        self.places = {} if description.names else self._places()
        self.made_up = not description.names and list(self.known) in MADE_UP
        self.ignore = ignore
        self.labels = [column.name for column in self.columns] if names is None else names
        self.width = len(self.labels)
        self.bare = names is None and self.width == 1
        self.convert = [converter(column) for column in self.columns]
        if names is None:
            self.order: list[int | None] = list(range(self.width))
        else:
            self._check_names(names)
            places = {name: place for place, name in enumerate(names)}
            if len(places) < len(names):
                raise BadRequest("wrong_shape", '"columns" names a column twice.')
            self.order = [places.get(column.name) for column in self.columns]

    def rows(self, sent: list[Any]) -> Rows:
        return [self._row(number, row) for number, row in enumerate(sent, 1)]

    def _row(self, number: int, row: Any) -> list[Any]:
        if isinstance(row, dict):
            if self.made_up and len(row) == 1:
                row = dict.fromkeys(self.known, next(iter(row.values())))
            elif self.places and row.keys() == self.places.keys():
                row = {self.places[place]: value for place, value in row.items()}
            elif row.keys() != self.known:
                self._check_names(row, number)
            cells = [row.get(column.name) for column in self.columns]
        elif isinstance(row, list):
            if len(row) != self.width:
                raise BadRequest("wrong_length", self._of_length(number, len(row)), number)
            cells = [None if place is None else row[place] for place in self.order]
        elif self.bare:
            cells = [row]
        else:
            message = f"Row {number} is neither an object nor a list."
            raise BadRequest("wrong_shape", message, number)
        return [convert(number, cell) for convert, cell in zip(self.convert, cells, strict=True)]

    def _places(self) -> dict[str, str]:
        """ "0", "1" and so on, as pandas writes the columns of frames without names, to columns."""
        return {str(place): column.name for place, column in enumerate(self.columns)}

    def _check_names(self, names: Collection[str], row: int | None = None) -> None:
        where = "" if row is None else f"Row {row}: "
        given = set(names)
        for column in self.columns:
            if column.required and column.name not in given:
                message = f"{where}column {column.name!r} is missing."
                raise BadRequest("missing_column", message, row, column.name)
        if self.ignore or given <= self.known:
            return
        name = next(name for name in names if name not in self.known)[:100]
        message = (
            f'{where}there is no column {name!r}; "params": {{"extra_columns": "ignore"}} lets it'
            " pass."
        )
        raise BadRequest("unknown_column", message, row, name)

    def _of_length(self, number: int, length: int) -> str:
        named = ", ".join(label[:100] for label in self.labels[:MOST_NAMED])
        more = ", ..." if self.width > MOST_NAMED else ""
        return f"Row {number} has {length} values; {self.width} are expected: {named}{more}."[:1000]
