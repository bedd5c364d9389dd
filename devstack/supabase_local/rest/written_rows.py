"""The body of a write as rows of the columns' own types: a FROM item, and the values in it."""

from collections.abc import Sequence

from psycopg import sql

from devstack.supabase_local.catalog.model import ColumnFacts
from devstack.supabase_local.rest.expressions import SQL
from devstack.supabase_local.rest.payload import Payload

BODY = "_body"


def rows_of(
    columns: Sequence[ColumnFacts], payload: Payload, *, defaults: bool, first: bool = False
) -> SQL:
    """A FROM item named BODY; `first` takes its first row alone."""
    document: SQL = sql.SQL("{}::json").format(sql.Literal(payload.text))
    if not payload.is_list:
        document = sql.SQL("json_build_array({})").format(document)
    if first:
        document = sql.SQL("json_build_array({} -> 0)").format(document)
    if not columns:
        return sql.SQL("json_array_elements({}) as {}").format(document, sql.Identifier(BODY))
    if defaults:
        document = sql.SQL(
            "(select json_agg(jsonb_build_object({}) || _one)"
            " from jsonb_array_elements({}::jsonb) as _one)"
        ).format(_defaults(columns), document)
    types = sql.SQL(", ").join(
        [
            sql.SQL("{} {}").format(
                sql.Identifier(one.name), _trusted("json" if one.from_json else one.type)
            )
            for one in columns
        ]
    )
    return sql.SQL("json_to_recordset({}) as {}({})").format(document, sql.Identifier(BODY), types)


def parsed(column: ColumnFacts) -> SQL:
    """A value of BODY, read by the column's domain if that has a way of its own."""
    value = sql.Identifier(BODY, column.name)
    if column.from_json is None:
        return value
    return sql.SQL("{}({})").format(_trusted(column.from_json), value)


def _defaults(columns: Sequence[ColumnFacts]) -> SQL:
    pairs = [
        sql.SQL("{}, {}").format(sql.Literal(one.name), _trusted(one.default))
        for one in columns
        if one.default is not None
    ]
    return sql.SQL(", ").join(pairs)


def _trusted(text: str) -> sql.SQL:
    """A type, default or function that the database's own catalog printed as SQL."""
    return sql.SQL(text)
