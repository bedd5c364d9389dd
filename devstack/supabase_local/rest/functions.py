"""Requests on functions: `/rpc/<name>`, arguments in the body or the query string."""

from psycopg import sql
from starlette.responses import Response

from devstack.supabase_local.catalog.model import Table
from devstack.supabase_local.rest.call import CALL, Call, call_with_body, call_with_query
from devstack.supabase_local.rest.exchange import READS, Exchange
from devstack.supabase_local.rest.expressions import SQL
from devstack.supabase_local.rest.payload import parse_payload
from devstack.supabase_local.rest.ranges import parse_range, status_of_page
from devstack.supabase_local.rest.read import Reader
from devstack.supabase_local.rest.request import Parameters, parse_query
from devstack.supabase_local.rest.statement import NONE, SOURCE, Statement, read_statement


async def call(exchange: Exchange, name: str) -> Response:
    parameters: Parameters
    if exchange.method in READS:
        called, parameters = call_with_query(
            exchange.catalog, exchange.schema, name, exchange.parameters
        )
        read_only = True
    else:
        payload = parse_payload(
            await exchange.request.body(), exchange.request.headers.get("content-type")
        )
        called = call_with_body(exchange.catalog, exchange.schema, name, payload)
        parameters, read_only = exchange.parameters, not called.function.volatile
    if called.function.returns == "row":
        return await _rows(exchange, called, parameters, read_only=read_only)
    return await _values(exchange, called, read_only=read_only)


async def _rows(
    exchange: Exchange, called: Call, parameters: Parameters, *, read_only: bool
) -> Response:
    query, function = parse_query(parameters), called.function
    page = query.root.page.within(parse_range(exchange.request.headers.get("range")))
    if exchange.catalog.max_rows is not None:
        page = page.capped(exchange.catalog.max_rows)
    query.root.page = page
    table = function.row or Table(function.schema, function.name, {})
    select = Reader(exchange.catalog).select(query.root, table, sql.Identifier(SOURCE))
    source = sql.SQL("select {}.* from {}").format(sql.Identifier(CALL), called.source)
    form = exchange.form
    async with exchange.transaction(read_only=read_only) as connection:
        total = (
            await exchange.total(connection, select) if exchange.prefer.count == "exact" else None
        )
        statement = read_statement(select, form, total, source)
        body, rows, counted = await exchange.run(connection, statement)
        if function.returns_set:
            exchange.demand_single(rows)
            exchange.demand_at_most(rows)
        elif not form.single and not form.csv:
            body = body[1:-1].strip() or "null"
    status = status_of_page(page.offset, rows, counted)
    return exchange.reply(status, body, page=(page.offset, rows, counted))


async def _values(exchange: Exchange, called: Call, *, read_only: bool) -> Response:
    function, value = called.function, sql.Identifier(CALL, "value")
    document: SQL
    if function.returns == "void":
        document = sql.SQL("''")
    elif function.returns_set:
        document = sql.SQL("coalesce(json_agg({}), '[]')").format(value)
    else:
        document = sql.SQL("json_agg({}) -> 0").format(value)
    statement = Statement(
        sql.SQL("select ({})::text, count(*), {} from {}").format(document, NONE, called.source)
    )
    async with exchange.transaction(read_only=read_only) as connection:
        body, rows, _ = await exchange.run(connection, statement)
    if function.returns == "void":
        return exchange.reply(204)
    return exchange.reply(200, body, page=(0, rows, None))
