"""Functions as the catalog describes them: arguments by mode, what they return by mode and type."""

from collections.abc import Mapping

from psycopg.rows import TupleRow

from devstack.supabase_local.catalog.model import (
    BODY_TYPES,
    ColumnFacts,
    Function,
    Name,
    Parameter,
    Table,
)

INPUTS, OUTPUTS = ("i", "b", "v"), ("o", "b", "t")
WHOLE_BODY = {kind for kinds in BODY_TYPES.values() for kind in kinds}


def read_function(row: TupleRow, tables: Mapping[Name, Table]) -> Function | None:
    """A row of the FUNCTIONS query; None for what cannot be called, as its arguments lack names."""
    schema, name, returns_set, volatile, returns, relation, columns, *rest = row
    arguments, defaults, timeout, media_type = rest
    inputs = [argument for argument in arguments if argument["mode"] in INPUTS]
    unnamed = [argument for argument in inputs if not argument["name"]]
    if unnamed and (len(inputs) > 1 or unnamed[0]["type"] not in WHOLE_BODY):
        return None
    parameters = tuple(
        Parameter(
            argument["name"],
            argument["type"],
            required=place < len(inputs) - defaults,
            variadic=argument["mode"] == "v",
            declared=argument["declared"],
        )
        for place, argument in enumerate(inputs)
    )
    outputs = [argument for argument in arguments if argument["mode"] in OUTPUTS]
    rows = None
    if returns == "row":
        rows = tables.get((relation[0], relation[1])) if relation and not outputs else None
        rows = rows or _columns(schema, name, outputs or columns)
    return Function(
        schema, name, parameters, returns, returns_set, rows, volatile, timeout, media_type
    )


def _columns(schema: str, name: str, described: list[dict[str, str]]) -> Table:
    """A table of its own, which nothing relates to."""
    facts = {one["name"]: ColumnFacts(one["name"], one["type"], one["base"]) for one in described}
    return Table(schema, f"{name}()", facts)
