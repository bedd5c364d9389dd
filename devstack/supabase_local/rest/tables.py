"""Requests on tables and views: read, insert, upsert, update, delete, put."""

import json
from collections.abc import Callable
from operator import itemgetter
from urllib.parse import quote

from psycopg import sql
from starlette.responses import Response

from devstack.supabase_local.catalog.model import Table
from devstack.supabase_local.rest import write
from devstack.supabase_local.rest.errors import RestError
from devstack.supabase_local.rest.exchange import NO_OUTCOME, Exchange, Outcome
from devstack.supabase_local.rest.expressions import SQL
from devstack.supabase_local.rest.media import Form
from devstack.supabase_local.rest.put import PUT_CONFLICT, demand_key_filters, put
from devstack.supabase_local.rest.ranges import status_of_page
from devstack.supabase_local.rest.read import Reader
from devstack.supabase_local.rest.request import Node, ParsedQuery, parse_query
from devstack.supabase_local.rest.select import Column
from devstack.supabase_local.rest.statement import (
    SOURCE,
    Statement,
    count_statement,
    read_statement,
)


async def read(exchange: Exchange, name: str) -> Response:
    table, query = exchange.table(name), parse_query(exchange.parameters)
    query.root.limit_pages(exchange.range(), exchange.catalog.max_rows)
    select = Reader(exchange.catalog).select(query.root, table, sql.Identifier(*table.id))
    async with exchange.transaction(read_only=True) as connection:
        total = await exchange.total(connection, select)
        statement = read_statement(select, exchange.form, total)
        if exchange.form.plan:
            return await exchange.explain(connection, statement)
        outcome = await exchange.run(connection, statement)
    exchange.demand_single(outcome.rows)
    offset = query.root.page.offset
    status = status_of_page(offset, outcome.rows, outcome.total)
    page = (offset, outcome.rows, outcome.total)
    headers = {"Content-Location": _address(table, sorted(exchange.parameters, key=itemgetter(0)))}
    return exchange.reply(status, outcome, page=page, headers=headers)


async def describe(exchange: Exchange, name: str) -> Response:
    """Which methods the table or view has."""
    table = exchange.table(name)
    methods = ["OPTIONS", "GET", "HEAD", *table.writable]
    if table.primary_key and {"POST", "PATCH"} <= set(table.writable):
        methods.insert(methods.index("PATCH"), "PUT")
    return Response(headers={"Allow": ",".join(methods)})


async def insert(exchange: Exchange, name: str) -> Response:
    table, query = exchange.table(name), parse_query(exchange.parameters)
    payload = await exchange.payload()
    returning = _returning(exchange, table, query)
    upsert = write.Upsert.of(table, query, exchange.prefer)
    defaults = exchange.prefer.missing_default
    change = write.insert(table, query, payload, upsert, returning, defaults=defaults)

    def answer(outcome: Outcome) -> Response:
        merged = upsert is not None and upsert.merges and outcome.inserted <= 0
        confirm = ("missing", "return") if upsert is None else ("resolution", "missing", "return")
        return exchange.reply(
            200 if merged else 201,
            outcome,
            content=exchange.prefer.returning == "representation",
            page=(0, 0, _counted(exchange, outcome)),
            confirm=confirm,
            headers=_location(exchange, table, outcome),
        )

    return await _change(exchange, table, query, change, answer)


async def replace(exchange: Exchange, name: str) -> Response:
    """Raises PGRST115 when the row in the body is not the one in the URL."""
    table, query = exchange.table(name), parse_query(exchange.parameters)
    demand_key_filters(table, query)
    payload, returning = await exchange.payload(), _returning(exchange, table, query)
    change = put(Reader(exchange.catalog), table, query, payload, returning)

    def answer(outcome: Outcome) -> Response:
        return _changed(exchange, outcome, status=201 if outcome.inserted > 0 else 200, page=None)

    return await _change(exchange, table, query, change, answer, one=PUT_CONFLICT)


async def update(exchange: Exchange, name: str) -> Response:
    table, query = exchange.table(name), parse_query(exchange.parameters)
    payload, returning = await exchange.payload(), _returning(exchange, table, query)
    defaults = exchange.prefer.missing_default
    change = write.update(exchange.catalog, table, query, payload, returning, defaults=defaults)

    def answer(outcome: Outcome) -> Response:
        page = (0, outcome.rows, _counted(exchange, outcome))
        return _changed(exchange, outcome, page=page, confirm=("missing", "max-affected"))

    return await _change(exchange, table, query, change, answer)


async def delete(exchange: Exchange, name: str) -> Response:
    table, query = exchange.table(name), parse_query(exchange.parameters)
    change = write.delete(exchange.catalog, table, query, _returning(exchange, table, query))

    def answer(outcome: Outcome) -> Response:
        page = (0, 0, _counted(exchange, outcome))
        return _changed(exchange, outcome, page=page, confirm=("max-affected",))

    return await _change(exchange, table, query, change, answer)


def _returning(exchange: Exchange, table: Table, query: ParsedQuery) -> SQL:
    if exchange.prefer.returning == "representation":
        return write.returning_columns(exchange.catalog, table, query.root)
    if exchange.prefer.returning == "headers-only" and table.primary_key:
        return sql.SQL(", ").join(
            [sql.Identifier(write.TARGET, column) for column in table.primary_key]
        )
    return write.NOTHING


async def _change(
    exchange: Exchange,
    table: Table,
    query: ParsedQuery,
    change: SQL,
    answer: Callable[[Outcome], Response],
    one: RestError | None = None,
) -> Response:
    """Make the change and answer with what the reply shows of it, or with its plan alone.

    Refusals leave the database as it was. Raises `one`, if given, unless the change is of exactly
    one row.
    """
    form, statement = exchange.form, _statement(exchange, table, query, change)
    async with exchange.transaction(read_only=False) as connection:
        if form.plan:
            return await exchange.explain(connection, statement)
        outcome = await exchange.run(connection, statement)
        if one is not None and outcome.rows != 1:
            raise one
        exchange.demand_single(outcome.rows)
        if exchange.method in ("PATCH", "DELETE"):
            exchange.demand_at_most(outcome.rows)
    return answer(outcome)


def _statement(exchange: Exchange, table: Table, query: ParsedQuery, change: SQL) -> Statement:
    """The change, and what of its rows the reply shows."""
    if exchange.prefer.returning == "representation":
        root = Node(query.root.fields, query.root.embeds, order=query.root.order)
        select = Reader(exchange.catalog).select(root, table, sql.Identifier(SOURCE))
        return read_statement(select, exchange.form, None, change)
    if exchange.prefer.returning == "headers-only" and table.primary_key:
        keys = Node([Column(key) for key in table.primary_key])
        select = Reader(exchange.catalog).select(keys, table, sql.Identifier(SOURCE))
        return read_statement(select, Form(), None, change)
    return count_statement(change)


def _changed(
    exchange: Exchange,
    outcome: Outcome = NO_OUTCOME,
    *,
    page: tuple[int, int, int | None] | None,
    status: int = 200,
    confirm: tuple[str, ...] = (),
) -> Response:
    shown = exchange.prefer.returning == "representation"
    return exchange.reply(
        status if shown else 204, outcome, content=shown, page=page, confirm=("return", *confirm)
    )


def _counted(exchange: Exchange, outcome: Outcome) -> int | None:
    return outcome.rows if exchange.prefer.counts_changes else None


def _location(exchange: Exchange, table: Table, outcome: Outcome) -> dict[str, str]:
    if exchange.prefer.returning != "headers-only" or not table.primary_key:
        return {}
    rows = json.loads(outcome.body, parse_int=str, parse_float=str)
    if len(rows) != 1:
        return {}
    row = rows[0]
    pairs = [
        (name, "is.null" if row[name] is None else f"eq.{_text(row[name])}")
        for name in table.primary_key
    ]
    return {"Location": _address(table, pairs)}


def _text(value: object) -> str:
    """As PostgreSQL would write the JSON value in a URL."""
    return value if isinstance(value, str) else json.dumps(value)


def _address(table: Table, parameters: list[tuple[str, str]]) -> str:
    pairs = "&".join(f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in parameters)
    return f"/{quote(table.name, safe='')}{'?' if pairs else ''}{pairs}"
