"""The SQL of a function call: its arguments from a body or a query string."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql

from devstack.supabase_local.catalog.model import Catalog, Function, Parameter
from devstack.supabase_local.rest.expressions import SQL
from devstack.supabase_local.rest.filters import looks_like_operation
from devstack.supabase_local.rest.media import SCALAR
from devstack.supabase_local.rest.overload import find_function
from devstack.supabase_local.rest.payload import WHOLE, Payload
from devstack.supabase_local.rest.request import Parameters

ARGUMENTS, CALL = "_arguments", "_call"
RESERVED = ("select", "order", "limit", "offset", "and", "or", "columns", "on_conflict")


@dataclass(frozen=True)
class Call:
    function: Function
    source: SQL
    """A FROM item that yields the rows, aliased CALL; values in a column SCALAR."""


def call_with_body(
    catalog: Catalog, schema: str, name: str, payload: Payload, columns: Sequence[str] | None
) -> Call:
    """`columns` chooses what of the body counts. Raises PGRST202, PGRST203."""
    if payload.pairs is not None:
        return _call_with_pairs(catalog, schema, name, payload.pairs, payload.media_type)
    keys = tuple(columns) if columns is not None else payload.keys()
    function = find_function(catalog, schema, name, keys, payload.media_type)
    if function.takes_body(payload.media_type):
        return Call(function, _from(function, _whole(payload, function.parameters[0])))
    given = [one for one in function.parameters if one.name in keys]
    if not given:
        return Call(function, _from(function, sql.SQL("")))
    document: SQL = sql.SQL("{}::json").format(sql.Literal(payload.text))
    if payload.is_list:
        document = sql.SQL("{} -> 0").format(document)
    record = sql.SQL("json_to_record({}) as {}({}) cross join lateral ").format(
        document,
        sql.Identifier(ARGUMENTS),
        sql.SQL(", ").join(
            [sql.SQL("{} {}").format(sql.Identifier(one.name), _type(one)) for one in given]
        ),
    )
    arguments = [_named(one, sql.Identifier(ARGUMENTS, one.name)) for one in given]
    return Call(function, record + _from(function, sql.SQL(", ").join(arguments)))


def call_with_query(
    catalog: Catalog, schema: str, name: str, parameters: Parameters
) -> tuple[Call, Parameters]:
    """The call, and the parameters that are not its arguments: filters and the like."""
    arguments, rest = [], []
    for key, value in parameters:
        if key in RESERVED or "." in key or looks_like_operation(value):
            rest.append((key, value))
        else:
            arguments.append((key, value))
    return _call_with_pairs(catalog, schema, name, arguments, None), rest


def _call_with_pairs(
    catalog: Catalog,
    schema: str,
    name: str,
    pairs: Sequence[tuple[str, str]],
    media_type: str | None,
) -> Call:
    arguments: dict[str, list[str]] = {}
    for key, value in pairs:
        arguments.setdefault(key, []).append(value)
    function = find_function(catalog, schema, name, tuple(arguments), media_type)
    given = [one for one in function.parameters if one.name in arguments]
    written = sql.SQL(", ").join([_named(one, _typed(one, arguments)) for one in given])
    return Call(function, _from(function, written))


def _whole(payload: Payload, parameter: Parameter) -> SQL:
    if payload.media_type not in WHOLE:
        return sql.SQL("{}::{}").format(sql.Literal(payload.text), _type(parameter))
    if parameter.type == "bytea":
        return sql.Literal(payload.whole)
    return sql.SQL("convert_from({}, 'UTF8')::{}").format(
        sql.Literal(payload.whole), _type(parameter)
    )


def _typed(parameter: Parameter, arguments: Mapping[str, Sequence[str]]) -> SQL:
    values = arguments[parameter.name]
    if parameter.variadic:
        items = sql.SQL(", ").join(map(sql.Literal, values))
        return sql.SQL("array[{}]::{}").format(items, _type(parameter))
    return sql.SQL("{}::{}").format(sql.Literal(values[-1]), _type(parameter))


def _named(parameter: Parameter, value: SQL) -> SQL:
    word = sql.SQL("variadic " if parameter.variadic else "")
    return sql.SQL("{}{} := {}").format(word, sql.Identifier(parameter.name), value)


def _from(function: Function, arguments: SQL) -> SQL:
    """Rows are expanded into columns; a value, record or not, stays one."""
    name = sql.Identifier(function.schema, function.name)
    if function.returns == "row":
        return sql.SQL("{}({}) as {}").format(name, arguments, sql.Identifier(CALL))
    return sql.SQL("(select {}({}) as {}) as {}").format(
        name, arguments, sql.Identifier(SCALAR), sql.Identifier(CALL)
    )


def _type(parameter: Parameter) -> sql.SQL:
    """As the database's own catalog printed it."""
    return sql.SQL(parameter.type)
