"""SQL of columns and conditions. The catalog vouches for names; psycopg quotes values, never we.

Values go into the statement as untyped literals: PostgreSQL reads each as the type of its column
and plans with it, so that an index `where status <> 'deleted'` can serve `status=neq.deleted`.
"""

from typing import TypeAlias

from psycopg import sql

from devstack.supabase_local.catalog.model import Name, Table
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
        expression = computed(table.computed[name].function, table, alias)
    elif name == "count" and not path:
        # As PostgreSQL reads `table.count`, where no column has the name.
        return sql.SQL("count({})").format(sql.Identifier(alias))
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


def shown(table: Table, alias: str, name: str, path: tuple[Step, ...] = ()) -> SQL:
    """A column as it is shown: by its domain's cast to json, if that has one."""
    value, facts = column(table, alias, name, path), table.columns.get(name)
    if path or facts is None or facts.to_json is None:
        return value
    return sql.SQL("{}({})").format(sql.SQL(facts.to_json), value)


def computed(function: Name, table: Table, alias: str) -> SQL:
    """A function of one row. The cast tells which one, where rows come from a change or a call."""
    return sql.SQL("{}({}::{})").format(
        sql.Identifier(*function), sql.Identifier(alias), sql.Identifier(*table.id)
    )


def cast(expression: SQL, type_name: str | None) -> SQL:
    if type_name is None:
        return expression
    element = type_name.removesuffix("[]")
    target = _KEYWORD_TYPES.get(element.lower(), sql.Identifier(element))
    array = sql.SQL("[]") if type_name.endswith("[]") else sql.SQL("")
    return sql.SQL("cast({} as {}{})").format(expression, target, array)


def condition(left: SQL, operation: Operation, parser: str | None = None) -> SQL:
    """`parser` is a function that reads a value for the column's domain."""
    test = _test(left, operation, parser)
    return sql.SQL("not ({})").format(test) if operation.negated else test


def searched(left: SQL, language: str | None) -> SQL:
    """What is no tsvector becomes one before it is searched."""
    arguments = [sql.Literal(language), left] if language else [left]
    return sql.SQL("to_tsvector({})").format(sql.SQL(", ").join(arguments))


def _test(left: SQL, operation: Operation, parser: str | None) -> SQL:
    operator, value = operation.operator, operation.value
    if operator == "in":
        if not operation.values:
            return sql.SQL("false")
        values = sql.SQL(", ").join([_literal(one, parser) for one in operation.values])
        return sql.SQL("{} in ({})").format(left, values)
    if operator == "is":
        return sql.SQL("{} {}").format(left, _TRILEAN[value])
    if operator in _FULL_TEXT:
        arguments = [operation.language, value] if operation.language else [value]
        return sql.SQL("{} @@ {}({})").format(
            left, _FULL_TEXT[operator], sql.SQL(", ").join(map(sql.Literal, arguments))
        )
    if operator in ("like", "ilike"):
        value, parser = value.replace("*", "%"), None
    literal = _literal(value, None if operator == "isdistinct" else parser)
    if operation.quantifier:
        return sql.SQL("{} {} {} ({})").format(
            left, _OPERATORS[operator], _QUANTIFIERS[operation.quantifier], literal
        )
    return sql.SQL("{} {} {}").format(left, _OPERATORS[operator], literal)


def _literal(value: str, parser: str | None) -> SQL:
    if parser is None:
        return sql.Literal(value)
    return sql.SQL("{}({}::text)").format(sql.SQL(parser), sql.Literal(value))


_QUANTIFIERS = {"any": sql.SQL("any"), "all": sql.SQL("all")}
