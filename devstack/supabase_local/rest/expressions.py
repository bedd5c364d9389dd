"""SQL of columns and conditions. The catalog vouches for names; psycopg quotes values, never we.

Values go into the statement as untyped literals: PostgreSQL reads each as the type of its column
and plans with it, so that an index `where status <> 'deleted'` can serve `status=neq.deleted`.
"""

from typing import TypeAlias

from psycopg import sql

from devstack.supabase_local.catalog.model import Table
from devstack.supabase_local.rest.errors import unknown_column
from devstack.supabase_local.rest.filters import Operation
from devstack.supabase_local.rest.json_path import Step

SQL: TypeAlias = sql.SQL | sql.Composed | sql.Identifier | sql.Literal

_OPERATORS = {
    "eq": sql.SQL("="),
    "neq": sql.SQL("<>"),
    "gt": sql.SQL(">"),
    "gte": sql.SQL(">="),
    "lt": sql.SQL("<"),
    "lte": sql.SQL("<="),
    "like": sql.SQL("like"),
    "ilike": sql.SQL("ilike"),
    "match": sql.SQL("~"),
    "imatch": sql.SQL("~*"),
    "isdistinct": sql.SQL("is distinct from"),
    "cs": sql.SQL("@>"),
    "cd": sql.SQL("<@"),
    "ov": sql.SQL("&&"),
    "sl": sql.SQL("<<"),
    "sr": sql.SQL(">>"),
    "nxr": sql.SQL("&<"),
    "nxl": sql.SQL("&>"),
    "adj": sql.SQL("-|-"),
}
_FULL_TEXT = {
    "fts": sql.SQL("to_tsquery"),
    "plfts": sql.SQL("plainto_tsquery"),
    "phfts": sql.SQL("phraseto_tsquery"),
    "wfts": sql.SQL("websearch_to_tsquery"),
}
_TRILEAN = {
    "null": sql.SQL("is null"),
    "not_null": sql.SQL("is not null"),
    "true": sql.SQL("is true"),
    "false": sql.SQL("is false"),
    "unknown": sql.SQL("is unknown"),
}
# Type names that SQL spells without quotes; every other is an identifier.
_KEYWORD_TYPES = {
    name: sql.SQL(name)
    for name in (
        "bigint",
        "boolean",
        "char",
        "character varying",
        "dec",
        "decimal",
        "double precision",
        "float",
        "int",
        "integer",
        "numeric",
        "real",
        "smallint",
        "time",
        "time with time zone",
        "timestamp",
        "timestamp with time zone",
        "varchar",
    )
}


def column(table: Table, alias: str, name: str, path: tuple[Step, ...] = ()) -> SQL:
    """Raises 42703 for a column that the table has not."""
    facts = table.columns.get(name)
    expression: SQL
    if facts is not None:
        expression = sql.Identifier(alias, name)
    elif name in table.computed:
        expression = sql.SQL("{}({})").format(
            sql.Identifier(table.schema, name), sql.Identifier(alias)
        )
    else:
        raise unknown_column(table.name, name)
    if not path:
        return expression
    if facts is None or not facts.is_json:
        expression = sql.SQL("to_jsonb({})").format(expression)
    for step in path:
        arrow = sql.SQL("->>") if step.as_text else sql.SQL("->")
        expression = sql.SQL("{}{}{}").format(expression, arrow, sql.Literal(step.operand))
    return sql.SQL("({})").format(expression)


def cast(expression: SQL, type_name: str | None) -> SQL:
    if type_name is None:
        return expression
    element = type_name.removesuffix("[]")
    target = _KEYWORD_TYPES.get(element.lower(), sql.Identifier(element))
    array = sql.SQL("[]") if type_name.endswith("[]") else sql.SQL("")
    return sql.SQL("cast({} as {}{})").format(expression, target, array)


def condition(left: SQL, operation: Operation) -> SQL:
    test = _test(left, operation)
    return sql.SQL("not ({})").format(test) if operation.negated else test


def _test(left: SQL, operation: Operation) -> SQL:
    operator, value = operation.operator, operation.value
    if operator == "in":
        if not operation.values:
            return sql.SQL("false")
        values = sql.SQL(", ").join(map(sql.Literal, operation.values))
        return sql.SQL("{} in ({})").format(left, values)
    if operator == "is":
        return sql.SQL("{} {}").format(left, _TRILEAN[value])
    if operator in _FULL_TEXT:
        arguments = [operation.language, value] if operation.language else [value]
        return sql.SQL("{} @@ {}({})").format(
            left, _FULL_TEXT[operator], sql.SQL(", ").join(map(sql.Literal, arguments))
        )
    if operator in ("like", "ilike"):
        value = value.replace("*", "%")
    if operation.quantifier:
        return sql.SQL("{} {} {} ({})").format(
            left,
            _OPERATORS[operator],
            _QUANTIFIERS[operation.quantifier],
            sql.Literal(value),
        )
    return sql.SQL("{} {} {}").format(left, _OPERATORS[operator], sql.Literal(value))


_QUANTIFIERS = {"any": sql.SQL("any"), "all": sql.SQL("all")}
