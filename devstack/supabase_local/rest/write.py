"""The SQL of insert, upsert, update and delete. Each ends in `returning`, for what wraps it."""

from collections.abc import Sequence

from psycopg import sql

from devstack.supabase_local.catalog.model import Catalog, ColumnFacts, Table
from devstack.supabase_local.rest.embedding import find_relationship
from devstack.supabase_local.rest.errors import RestError, invalid_body, not_there
from devstack.supabase_local.rest.expressions import SQL
from devstack.supabase_local.rest.payload import Payload
from devstack.supabase_local.rest.prefer import Preferences
from devstack.supabase_local.rest.ranges import Page
from devstack.supabase_local.rest.read import Reader
from devstack.supabase_local.rest.request import Node, ParsedQuery
from devstack.supabase_local.rest.select import Star

TARGET, BODY = "_target", "_body"
NOTHING = sql.SQL("1 as _")


def insert(
    table: Table, query: ParsedQuery, payload: Payload, prefer: Preferences, returning: SQL
) -> SQL:
    columns = _facts(table, query.columns if query.columns is not None else payload.keys())
    if payload.is_list and not payload.value:
        values: SQL = sql.SQL("select from (select) as _ where false")
    elif not columns and not payload.is_list:
        values = sql.SQL("default values")
    else:
        values = sql.SQL("select {} from {}").format(
            _names(columns, BODY), _rows(columns, payload, defaults=prefer.missing_default)
        )
    into = sql.SQL("({}) ").format(_names(columns)) if columns else sql.SQL("")
    return sql.SQL("insert into {} as {} {}{}{} returning {}").format(
        sql.Identifier(*table.id),
        sql.Identifier(TARGET),
        into,
        values,
        _on_conflict(table, query, columns, prefer),
        returning,
    )


def _on_conflict(
    table: Table, query: ParsedQuery, columns: Sequence[ColumnFacts], prefer: Preferences
) -> SQL:
    if prefer.resolution is None:
        return sql.SQL("")
    keys = query.on_conflict or table.primary_key
    if not keys:
        return sql.SQL("")
    target = sql.SQL(" on conflict ({}) do ").format(_names(_facts(table, keys)))
    if prefer.resolution == "ignore-duplicates" or not columns:
        return target + sql.SQL("nothing")
    merged = sql.SQL(", ").join(
        [
            sql.SQL("{} = excluded.{}").format(sql.Identifier(one.name), sql.Identifier(one.name))
            for one in columns
        ]
    )
    return target + sql.SQL("update set {}").format(merged)


def update(
    catalog: Catalog, table: Table, query: ParsedQuery, payload: Payload, returning: SQL
) -> SQL | None:
    """None when there is nothing to set."""
    if payload.is_list and len(payload.value) != 1:
        raise invalid_body("An update takes one JSON object")
    where = _where(catalog, table, query.root, "UPDATE")
    columns = _facts(table, query.columns if query.columns is not None else payload.keys())
    if not columns:
        return None
    assignments = sql.SQL(", ").join(
        [
            sql.SQL("{} = {}").format(sql.Identifier(one.name), sql.Identifier(BODY, one.name))
            for one in columns
        ]
    )
    return sql.SQL("update {} as {} set {} from {} where {} returning {}").format(
        sql.Identifier(*table.id),
        sql.Identifier(TARGET),
        assignments,
        _rows(columns, payload, defaults=False),
        where,
        returning,
    )


def delete(catalog: Catalog, table: Table, query: ParsedQuery, returning: SQL) -> SQL:
    return sql.SQL("delete from {} as {} where {} returning {}").format(
        sql.Identifier(*table.id),
        sql.Identifier(TARGET),
        _where(catalog, table, query.root, "DELETE"),
        returning,
    )


def returning_columns(catalog: Catalog, table: Table, node: Node) -> SQL:
    """What the reply needs of the changed rows, no more: the rest the role may not read."""
    if any(isinstance(one, Star) for one in node.fields):
        return sql.SQL("{}.*").format(sql.Identifier(TARGET))
    needed = [one.name for one in node.fields if not isinstance(one, Star)]
    needed += [term.column for term in node.order if term.relation is None]
    for embed, _ in node.embeds:
        relationship = find_relationship(catalog, table, embed)
        needed += [here for here, _ in relationship.pairs]
        if relationship.junction:
            needed += relationship.junction.to_origin.target_columns
    names = [name for name in dict.fromkeys(needed) if name in table.columns]
    return _names([table.columns[name] for name in names], TARGET) if names else NOTHING


def _where(catalog: Catalog, table: Table, node: Node, verb: str) -> SQL:
    """Refuses what hosted projects refuse too: changing every row for want of a filter."""
    if node.page != Page():
        raise not_there(f"limit or offset on {verb}")
    if not node.where:
        raise RestError(400, "21000", f"{verb} requires a WHERE clause")
    reader = Reader(catalog)
    return sql.SQL(" and ").join([reader.filter(one, table, TARGET, {}) for one in node.where])


def _facts(table: Table, names: Sequence[str]) -> list[ColumnFacts]:
    for name in names:
        if name not in table.columns:
            raise RestError(
                400,
                "PGRST204",
                f"Could not find the '{name}' column of '{table.name}' in the schema cache",
            )
    return [table.columns[name] for name in names]


def _names(columns: Sequence[ColumnFacts], qualifier: str | None = None) -> SQL:
    parts = [(qualifier, one.name) if qualifier else (one.name,) for one in columns]
    return sql.SQL(", ").join([sql.Identifier(*part) for part in parts])


def _rows(columns: Sequence[ColumnFacts], payload: Payload, *, defaults: bool) -> SQL:
    """The body as rows of the columns' own types."""
    text = sql.Literal(payload.text)
    if not columns:
        return sql.SQL("json_array_elements({}::json) as {}").format(text, sql.Identifier(BODY))
    document: SQL = sql.SQL("{}::json").format(text)
    if not payload.is_list:
        document = sql.SQL("json_build_array({})").format(document)
    if defaults:
        document = sql.SQL(
            "(select json_agg(jsonb_build_object({}) || _one)"
            " from jsonb_array_elements({}::jsonb) as _one)"
        ).format(_defaults(columns), document)
    types = sql.SQL(", ").join(
        [sql.SQL("{} {}").format(sql.Identifier(one.name), _trusted(one.type)) for one in columns]
    )
    return sql.SQL("json_to_recordset({}) as {}({})").format(document, sql.Identifier(BODY), types)


def _defaults(columns: Sequence[ColumnFacts]) -> SQL:
    pairs = [
        sql.SQL("{}, {}").format(sql.Literal(one.name), _trusted(one.default))
        for one in columns
        if one.default is not None
    ]
    return sql.SQL(", ").join(pairs)


def _trusted(text: str) -> sql.SQL:
    """A type or default that the database's own catalog printed as SQL."""
    return sql.SQL(text)
