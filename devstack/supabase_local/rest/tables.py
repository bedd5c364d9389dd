"""Requests on tables and views: read, insert, upsert, update, delete."""

import json
from urllib.parse import urlencode

from psycopg import sql
from starlette.responses import Response

from devstack.supabase_local.catalog.model import Table
from devstack.supabase_local.rest import write
from devstack.supabase_local.rest.exchange import Exchange
from devstack.supabase_local.rest.expressions import SQL
from devstack.supabase_local.rest.payload import parse_payload
from devstack.supabase_local.rest.ranges import Page, parse_range, status_of_page
from devstack.supabase_local.rest.read import Reader
from devstack.supabase_local.rest.request import Node, ParsedQuery, parse_query
from devstack.supabase_local.rest.statement import SOURCE, count_statement, read_statement


async def read(exchange: Exchange, name: str) -> Response:
    table, query = exchange.table(name), parse_query(exchange.parameters)
    page = query.root.page.within(parse_range(exchange.request.headers.get("range")))
    if exchange.catalog.max_rows is not None:
        page = page.capped(exchange.catalog.max_rows)
    query.root.page = page
    select = Reader(exchange.catalog).select(query.root, table, sql.Identifier(*table.id))
    async with exchange.transaction(read_only=True) as connection:
        total = await exchange.total(connection, select)
        statement = read_statement(select, exchange.form, total)
        if exchange.form.plan:
            return await exchange.explain(connection, statement)
        body, rows, counted = await exchange.run(connection, statement)
    exchange.demand_single(rows)
    status = status_of_page(page.offset, rows, counted)
    return exchange.reply(status, body, page=(page.offset, rows, counted))


async def insert(exchange: Exchange, name: str) -> Response:
    table, query = exchange.table(name), parse_query(exchange.parameters)
    payload = parse_payload(
        await exchange.request.body(), exchange.request.headers.get("content-type")
    )
    returning = _returning(exchange, table, query)
    change = write.insert(table, query, payload, exchange.prefer, returning)
    body, rows = await _change(exchange, table, query, change)
    counted = rows if exchange.prefer.count else None
    headers = _location(exchange, table, body)
    if exchange.prefer.returning != "representation":
        body = ""
    return exchange.reply(201, body, page=(0, 0, counted), headers=headers)


async def update(exchange: Exchange, name: str) -> Response:
    table, query = exchange.table(name), parse_query(exchange.parameters)
    payload = parse_payload(
        await exchange.request.body(), exchange.request.headers.get("content-type")
    )
    change = write.update(
        exchange.catalog, table, query, payload, _returning(exchange, table, query)
    )
    body, rows = ("[]", 0) if change is None else await _change(exchange, table, query, change)
    return _changed(exchange, body, rows)


async def delete(exchange: Exchange, name: str) -> Response:
    table, query = exchange.table(name), parse_query(exchange.parameters)
    change = write.delete(exchange.catalog, table, query, _returning(exchange, table, query))
    body, rows = await _change(exchange, table, query, change)
    return _changed(exchange, body, rows)


def _returning(exchange: Exchange, table: Table, query: ParsedQuery) -> SQL:
    if exchange.prefer.returning == "representation":
        return write.returning_columns(exchange.catalog, table, query.root)
    if exchange.prefer.returning == "headers-only" and table.primary_key:
        return sql.SQL(", ").join(
            [sql.Identifier(write.TARGET, column) for column in table.primary_key]
        )
    return write.NOTHING


async def _change(
    exchange: Exchange, table: Table, query: ParsedQuery, change: SQL
) -> tuple[str, int]:
    """Make the change and read back what the reply shows. Refusals leave the database as it was."""
    reading = exchange.prefer.returning != "minimal"
    async with exchange.transaction(read_only=False) as connection:
        if reading:
            root = Node(query.root.fields, query.root.embeds, order=query.root.order)
            if exchange.prefer.returning == "headers-only":
                root = parse_query(()).root
            root.page = Page()
            select = Reader(exchange.catalog).select(root, table, sql.Identifier(SOURCE))
            statement = read_statement(select, exchange.form, None, change)
        else:
            statement = count_statement(change)
        body, rows, _ = await exchange.run(connection, statement)
        if reading:
            exchange.demand_single(rows)
        exchange.demand_at_most(rows)
    return body, rows


def _changed(exchange: Exchange, body: str, rows: int) -> Response:
    page = (0, rows, rows if exchange.prefer.count else None)
    if exchange.prefer.returning == "representation":
        return exchange.reply(200, body, page=page)
    return exchange.reply(204, page=page)


def _location(exchange: Exchange, table: Table, body: str) -> dict[str, str]:
    if exchange.prefer.returning != "headers-only" or not table.primary_key:
        return {}
    rows = json.loads(body)
    if not isinstance(rows, list) or len(rows) != 1:
        return {}
    pairs = urlencode({name: f"eq.{rows[0][name]}" for name in table.primary_key})
    return {"Location": f"/{table.name}?{pairs}"}
