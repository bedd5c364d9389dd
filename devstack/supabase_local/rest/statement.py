"""Wraps rows into the one statement of a request: body, rows on this page, rows in all."""

from dataclasses import dataclass

from psycopg import sql

from devstack.supabase_local.limits import MOST_REPLY
from devstack.supabase_local.rest.expressions import SQL
from devstack.supabase_local.rest.media import Form, Shape
from devstack.supabase_local.rest.overrides import COLUMNS
from devstack.supabase_local.rest.selection import Select

SOURCE = "_source"
NONE = sql.SQL("null::bigint")


@dataclass(frozen=True)
class Statement:
    """Yields one row: the body as bytes unless it is too large, its size, rows on the page, rows in
    all or null, and what overrides the reply. A size of null is a body of null."""

    sql: sql.Composed


def read_statement(
    select: Select,
    form: Form,
    total: SQL | None,
    source: SQL | None = None,
    shape: Shape = Shape.ROWS,
) -> Statement:
    """`source` is a statement that `select` reads as SOURCE: a write or a call.

    What only the gateway wants to know of a reply is no part of a plan that is shown.
    """
    body = form.body(sql.SQL("_page"), shape)
    if form.plan:
        return Statement(
            sql.SQL("{}select {}, count(*), {} from _page as _rows").format(
                _with(source, select.rows()), body, total or NONE
            )
        )
    return Statement(
        sql.SQL(
            "{}select {} from (select {} as body, count(*) as rows from _page as _rows) as _reply"
        ).format(
            _with(source, select.rows()),
            _columns(total or NONE),
            body,
        )
    )


def count_statement(source: SQL) -> Statement:
    """Runs `source` for its effect and counts its rows."""
    return Statement(
        sql.SQL(
            "with {} as ({}) select {} from (select '' as body, count(*) as rows from {}) as _reply"
        ).format(sql.Identifier(SOURCE), source, _columns(NONE), sql.Identifier(SOURCE))
    )


def _columns(total: SQL) -> SQL:
    return sql.SQL(
        "case when octet_length(body) <= {} then convert_to(body, 'UTF8') end,"
        " octet_length(body), rows, {}, {}"
    ).format(sql.Literal(MOST_REPLY), total, COLUMNS)


def exact_total(select: Select, most: int | None = None) -> SQL:
    """How many rows match; counting stops after `most`."""
    limit = sql.SQL(" limit {}").format(sql.Literal(most)) if most is not None else sql.SQL("")
    return sql.SQL("(select count(*) from ({}{}) as _all)").format(select.matching(), limit)


def estimated_total(select: Select, planned: int, most: int | None) -> SQL:
    """The exact number up to `most`, the bound of a reply; beyond it, PostgreSQL's guess if that is
    greater."""
    return sql.SQL(
        "(select case when exact <= {} then exact else greatest(exact, {}) end"
        " from (select {} as exact) as _counted)"
    ).format(
        sql.Literal(-1 if most is None else most),
        sql.Literal(planned),
        exact_total(select, None if most is None else most + 1),
    )


def _with(source: SQL | None, page: SQL) -> SQL:
    first = (
        sql.SQL("{} as ({}), ").format(sql.Identifier(SOURCE), source) if source else sql.SQL("")
    )
    return sql.SQL("with {}_page as ({}) ").format(first, page)
