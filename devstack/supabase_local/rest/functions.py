"""Requests on functions: `/rpc/<name>`, arguments in the body or the query string."""

from psycopg import sql
from starlette.responses import Response

from devstack.supabase_local.catalog.model import ColumnFacts, Function, Table
from devstack.supabase_local.rest.call import CALL, Call, call_with_body, call_with_query
from devstack.supabase_local.rest.errors import RestError
from devstack.supabase_local.rest.exchange import READS, Exchange
from devstack.supabase_local.rest.media import SCALAR, Shape
from devstack.supabase_local.rest.ranges import status_of_page
from devstack.supabase_local.rest.read import Reader
from devstack.supabase_local.rest.request import Parameters, parse_query
from devstack.supabase_local.rest.statement import SOURCE, exact_total, read_statement


async def call(exchange: Exchange, name: str) -> Response:
    """Raises PGRST128 for a bound on affected rows where there is one row or value at most."""
    called, parameters = await _called(exchange, name)
    function = called.function
    exchange.handled = _handled(exchange, function)
    if exchange.prefer.max_affected is not None and not function.returns_set:
        raise RestError(
            400,
            "PGRST128",
            "Function must return SETOF or TABLE when max-affected preference is used with "
            "handling=strict",
        )
    query = parse_query(parameters)
    query.root.limit_pages(exchange.range(), exchange.catalog.max_rows)
    select = Reader(exchange.catalog).select(query.root, _rows_of(function), sql.Identifier(SOURCE))
    source = sql.SQL("select {}.* from {}").format(sql.Identifier(CALL), called.source)
    total = exact_total(select) if exchange.prefer.counts_changes else None
    statement = read_statement(select, exchange.form, total, source, _shape(function))
    read_only = exchange.method in READS or not function.volatile
    timeout = function.statement_timeout
    async with exchange.transaction(read_only=read_only, statement_timeout=timeout) as connection:
        if exchange.form.plan:
            return await exchange.explain(connection, statement)
        outcome = await exchange.run(connection, statement)
        exchange.demand_single(outcome.rows)
        exchange.demand_at_most(outcome.rows)
        status = status_of_page(query.root.page.offset, outcome.rows, outcome.total)
    page = (query.root.page.offset, outcome.rows, outcome.total)
    is_void = function.returns == "void"
    return exchange.reply(
        204 if is_void else status,
        outcome,
        content=not is_void,
        page=page,
        confirm=("max-affected",),
    )


async def describe(exchange: Exchange, name: str) -> Response:
    """By which methods the function that takes these arguments can be called."""
    called, _ = call_with_query(exchange.catalog, exchange.schema, name, exchange.parameters)
    methods = "OPTIONS,POST" if called.function.volatile else "OPTIONS,GET,HEAD,POST"
    return Response(headers={"Allow": methods})


async def _called(exchange: Exchange, name: str) -> tuple[Call, Parameters]:
    """The call, and the parameters that choose among its rows."""
    if exchange.method in READS:
        return call_with_query(exchange.catalog, exchange.schema, name, exchange.parameters)
    payload = await exchange.payload(of_call=True)
    columns = parse_query(exchange.parameters).columns
    called = call_with_body(exchange.catalog, exchange.schema, name, payload, columns)
    return called, exchange.parameters


def _handled(exchange: Exchange, function: Function) -> set[str]:
    of_rows = exchange.catalog.handled(function.row) if function.row else ()
    return {*of_rows, *([function.media_type] if function.media_type else ())}


def _rows_of(function: Function) -> Table:
    """Values stand in a column of their own."""
    return function.row or Table(
        function.schema, f"{function.name}()", {SCALAR: ColumnFacts(SCALAR, "unknown")}
    )


def _shape(function: Function) -> Shape:
    if function.row is not None:
        return Shape.ROWS if function.returns_set else Shape.ROW
    return Shape.SCALARS if function.returns_set else Shape.SCALAR
