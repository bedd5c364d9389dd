"""The SQL of insert, upsert, update and delete. Each ends in `returning`, for what wraps it."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from devstack.supabase_local.catalog.model import Catalog, ColumnFacts, Table
from devstack.supabase_local.rest.embedding import find_relationship
from devstack.supabase_local.rest.errors import RestError, not_there
from devstack.supabase_local.rest.expressions import SQL
from devstack.supabase_local.rest.payload import Payload
from devstack.supabase_local.rest.prefer import Preferences
from devstack.supabase_local.rest.ranges import Page
from devstack.supabase_local.rest.read import Reader
from devstack.supabase_local.rest.request import Node, ParsedQuery
from devstack.supabase_local.rest.select import Star
from devstack.supabase_local.rest.written_rows import parsed, rows_of

TARGET = "_target"
NOTHING = sql.SQL("1 as _")
# Counts the rows that are new: up for each that is tried, down for each that was there before.
_TRIED, _WAS_THERE = (
    sql.SQL(
        "set_config('pgrst.inserted', (coalesce(nullif(current_setting('pgrst.inserted', true),"
        f" '')::int, 0) {step})::text, true) <> ''"
    )
    for step in ("+ 1", "- 1")
)


@dataclass(frozen=True)
class Upsert:
    keys: tuple[str, ...]
    merges: bool
    """Whether a row that is there is changed, or else left alone."""

    @classmethod
    def of(cls, table: Table, query: ParsedQuery, prefer: Preferences) -> "Upsert | None":
        """None when it is not asked for, or there is no key by which rows could be the same."""
        keys = query.on_conflict or table.primary_key
        if prefer.resolution is None or not keys:
            return None
        return cls(keys, prefer.resolution == "merge-duplicates")


def insert(
    table: Table,
    query: ParsedQuery,
    payload: Payload,
    upsert: Upsert | None,
    returning: SQL,
    *,
    defaults: bool = False,
    named: SQL | None = None,
) -> SQL:
    """`defaults`: what a row lacks gets the column's default, not null; `named`: a condition that
    the first row must fulfil, and only that is inserted."""
    columns = _facts(table, query.columns if query.columns is not None else payload.keys())
    rows = rows_of(columns, payload, defaults=defaults, first=named is not None)
    conditions = [named] if named is not None else []
    if payload.is_list and not payload.value:
        conditions = [sql.SQL("false")]
    if upsert is not None and upsert.merges:
        conditions.append(_TRIED)
    where = (
        sql.SQL(" where {}").format(sql.SQL(" and ").join(conditions))
        if conditions
        else sql.SQL("")
    )
    return sql.SQL("insert into {} as {} {}select {} from {}{}{} returning {}").format(
        sql.Identifier(*table.id),
        sql.Identifier(TARGET),
        sql.SQL("({}) ").format(_names(columns)) if columns else sql.SQL(""),
        sql.SQL(", ").join([parsed(one) for one in columns]),
        rows,
        where,
        _on_conflict(table, columns, upsert),
        returning,
    )


def _on_conflict(table: Table, columns: Sequence[ColumnFacts], upsert: Upsert | None) -> SQL:
    if upsert is None:
        return sql.SQL("")
    target = sql.SQL(" on conflict ({}) do ").format(_names(_facts(table, upsert.keys)))
    if not upsert.merges or not columns:
        return target + sql.SQL("nothing")
    merged = sql.SQL(", ").join(
        [
            sql.SQL("{} = excluded.{}").format(sql.Identifier(one.name), sql.Identifier(one.name))
            for one in columns
        ]
    )
    return target + sql.SQL("update set {} where {}").format(merged, _WAS_THERE)


def update(
    catalog: Catalog,
    table: Table,
    query: ParsedQuery,
    payload: Payload,
    returning: SQL,
    *,
    defaults: bool,
) -> SQL:
    """Sets what the first object says; where that is nothing, it changes no row."""
    columns = _facts(table, query.columns if query.columns is not None else payload.keys())
    if not columns or (payload.is_list and not payload.value):
        return sql.SQL("select {} from {} as {} where false").format(
            returning, sql.Identifier(*table.id), sql.Identifier(TARGET)
        )
    assignments = sql.SQL(", ").join(
        [sql.SQL("{} = {}").format(sql.Identifier(one.name), parsed(one)) for one in columns]
    )
    return sql.SQL("update {} as {} set {} from {} where {} returning {}").format(
        sql.Identifier(*table.id),
        sql.Identifier(TARGET),
        assignments,
        rows_of(columns, payload, defaults=defaults, first=True),
        _where(catalog, table, query.root, "UPDATE"),
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
    relationships = [find_relationship(catalog, table, embed) for embed, _ in node.embeds]
    named = [one.name for one in node.fields if not isinstance(one, Star)]
    whole = any(isinstance(one, Star) for one in node.fields)
    if whole or not node.fields or any(name in table.computed for name in named):
        return sql.SQL("{}.*").format(sql.Identifier(TARGET))
    if any(relationship.function for relationship in relationships):
        return sql.SQL("{}.*").format(sql.Identifier(TARGET))
    needed = [*named, *(term.column for term in node.order if term.relation is None)]
    for relationship in relationships:
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
