"""The SQL of a function call, and which of the functions of one name is meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql

from devstack.supabase_local.catalog.model import Catalog, Function, Parameter
from devstack.supabase_local.rest.errors import RestError
from devstack.supabase_local.rest.expressions import SQL
from devstack.supabase_local.rest.filters import looks_like_operation
from devstack.supabase_local.rest.payload import Payload
from devstack.supabase_local.rest.request import Parameters

ARGUMENTS, CALL = "_arguments", "_call"
RESERVED = ("select", "order", "limit", "offset", "and", "or", "columns", "on_conflict")


@dataclass(frozen=True)
class Call:
    function: Function
    source: SQL
    """A FROM item that yields the rows, aliased CALL; scalars in a column `value`."""


def call_with_body(catalog: Catalog, schema: str, name: str, payload: Payload) -> Call:
    """Raises PGRST202 when no function takes these arguments, PGRST203 when several do."""
    keys = payload.keys()
    functions = catalog.functions.get((schema, name), ())
    matching = _matching(functions, keys)
    if not matching:
        matching = [function for function in functions if function.takes_body]
        if len(matching) == 1:
            argument = sql.SQL("{}::{}").format(
                sql.Literal(payload.text), _type(matching[0].parameters[0])
            )
            return Call(matching[0], _from(matching[0], argument))
    function = _only(matching, schema, name, keys)
    given = [one for one in function.parameters if one.name in keys]
    if not given:
        return Call(function, _from(function, sql.SQL("")))
    record = sql.SQL("json_to_record({}::json) as {}({}) cross join lateral ").format(
        sql.Literal(payload.text),
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
    arguments: dict[str, list[str]] = {}
    rest = []
    for key, value in parameters:
        if key in RESERVED or "." in key or looks_like_operation(value):
            rest.append((key, value))
        else:
            arguments.setdefault(key, []).append(value)
    functions = catalog.functions.get((schema, name), ())
    function = _only(_matching(functions, tuple(arguments)), schema, name, tuple(arguments))
    given = [one for one in function.parameters if one.name in arguments]
    written = sql.SQL(", ").join([_named(one, _typed(one, arguments)) for one in given])
    return Call(function, _from(function, written)), rest


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
    alias: SQL = sql.Identifier(CALL)
    if function.returns != "row":
        alias = sql.SQL("{}(value)").format(alias)
    return sql.SQL("{}({}) as {}").format(
        sql.Identifier(function.schema, function.name), arguments, alias
    )


def _type(parameter: Parameter) -> sql.SQL:
    """As the database's own catalog printed it."""
    return sql.SQL(parameter.type)


def _matching(functions: Sequence[Function], keys: Sequence[str]) -> list[Function]:
    given = set(keys)
    return [
        function
        for function in functions
        if {one.name for one in function.parameters if one.required} <= given
        and given <= {one.name for one in function.parameters if one.name}
    ]


def _only(matching: Sequence[Function], schema: str, name: str, keys: Sequence[str]) -> Function:
    if len(matching) == 1:
        return matching[0]
    if matching:
        written = ", ".join(
            f"{one.schema}.{one.name}("
            + ", ".join(f"{parameter.name} => {parameter.type}" for parameter in one.parameters)
            + ")"
            for one in matching
        )
        raise RestError(
            300,
            "PGRST203",
            f"Could not choose the best candidate function between: {written}",
            hint="Try renaming the parameters or the function itself in the database so function "
            "overloading can be resolved",
        )
    asked = f"({', '.join(keys)})" if keys else " without parameters"
    with_keys = f" with parameter{'s' if len(keys) > 1 else ''} {', '.join(keys)}"
    raise RestError(
        404,
        "PGRST202",
        f"Could not find the function {schema}.{name}{asked} in the schema cache",
        f"Searched for the function {schema}.{name}{with_keys if keys else ' without parameters'}"
        ", but no matches were found in the schema cache.",
    )
