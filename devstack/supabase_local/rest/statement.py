"""Wraps rows into the one statement of a request: body, rows on this page, rows in all."""

from dataclasses import dataclass

from psycopg import sql

from devstack.supabase_local.rest.expressions import SQL
from devstack.supabase_local.rest.media import Form
from devstack.supabase_local.rest.selection import Select

SOURCE = "_source"
NONE = sql.SQL("null::bigint")


@dataclass(frozen=True)
class Statement:
    """Yields one row: body text, number of rows on the page, number in all or null."""

    sql: sql.Composed


def read_statement(
    select: Select, form: Form, total: SQL | None, source: SQL | None = None
) -> Statement:
    """`source` is a statement that `select` reads as SOURCE: a write or a call."""
    return Statement(
        sql.SQL("{}select {}, count(*), {} from _page as _rows").format(
            _with(source, select.rows()), form.body(sql.SQL("_page")), total or NONE
        )
    )


def count_statement(source: SQL) -> Statement:
    """Runs `source` for its effect and counts its rows."""
    return Statement(
        sql.SQL("with {} as ({}) select '', count(*), null::bigint from {}").format(
            sql.Identifier(SOURCE), source, sql.Identifier(SOURCE)
        )
    )


def exact_total(select: Select, most: int | None = None) -> SQL:
    """How many rows match; counting stops after `most`."""
    limit = sql.SQL(" limit {}").format(sql.Literal(most)) if most is not None else sql.SQL("")
    return sql.SQL("(select count(*) from ({}{}) as _all)").format(select.matching(), limit)


def _with(source: SQL | None, page: SQL) -> SQL:
    first = (
        sql.SQL("{} as ({}), ").format(sql.Identifier(SOURCE), source) if source else sql.SQL("")
    )
    return sql.SQL("with {}_page as ({}) ").format(first, page)
