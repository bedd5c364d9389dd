"""Takes the picture of the database."""

from collections.abc import Mapping
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from devstack.supabase_local.catalog import queries
from devstack.supabase_local.catalog.model import (
    Catalog,
    ColumnFacts,
    ForeignKey,
    Function,
    Name,
    Parameter,
    Table,
)
from devstack.supabase_local.catalog.relationships import derive_relationships, through_views

TRUE = ("true", "on", "yes", "1")


async def load_catalog(connection: AsyncConnection[TupleRow]) -> Catalog:
    """Settings come from `alter role authenticator set pgrst.<name>`, as PostgREST reads them."""

    async def ask(query: str, *parameters: Any) -> list[TupleRow]:
        return await (await connection.execute(query, parameters or None)).fetchall()

    settings: dict[str, str] = dict(await ask(queries.SETTINGS))
    schemas = tuple(
        name.strip()
        for name in settings.get("pgrst.db_schemas", "public").split(",")
        if name.strip()
    )
    tables = {
        (schema, name): _table(schema, name, is_view, columns, key, computed)
        for schema, name, is_view, columns, key, computed in await ask(
            queries.TABLES, list(schemas)
        )
    }
    foreign_keys = [
        ForeignKey(
            constraint, (schema, name), tuple(columns), (other, target), tuple(targets), unique
        )
        for constraint, schema, name, other, target, columns, targets, unique in await ask(
            queries.FOREIGN_KEYS
        )
    ]
    views: dict[Name, list[tuple[Name, str, str]]] = {}
    for schema, view, base_schema, base, shown, column in await ask(
        queries.VIEW_COLUMNS, list(schemas)
    ):
        views.setdefault((schema, view), []).append(((base_schema, base), shown, column))
    functions: dict[Name, list[Function]] = {}
    for row in await ask(queries.FUNCTIONS, list(schemas)):
        function = _function(row, tables)
        functions.setdefault((function.schema, function.name), []).append(function)
    max_rows = settings.get("pgrst.db_max_rows", "1000")
    return Catalog(
        schemas=schemas,
        tables=tables,
        functions={name: tuple(found) for name, found in functions.items()},
        relationships=derive_relationships(tables, through_views(foreign_keys, views)),
        aggregates_enabled=settings.get("pgrst.db_aggregates_enabled", "").lower() in TRUE,
        plan_enabled=settings.get("pgrst.db_plan_enabled", "").lower() in TRUE,
        max_rows=int(max_rows) if max_rows.isdigit() else None,
    )


def _table(
    schema: str,
    name: str,
    is_view: bool,
    columns: list[dict[str, Any]],
    primary_key: list[str],
    computed: list[str],
) -> Table:
    facts = {column["name"]: ColumnFacts(**column) for column in columns}
    return Table(schema, name, facts, tuple(primary_key), is_view, frozenset(computed))


def _function(row: TupleRow, tables: Mapping[Name, Table]) -> Function:
    schema, name, returns_set, volatile, type_name, relation, is_row, arguments, defaults = row
    inputs = [argument for argument in arguments if argument["mode"] in ("i", "b", "v")]
    outputs = [argument for argument in arguments if argument["mode"] in ("o", "b", "t")]
    parameters = tuple(
        Parameter(
            argument["name"],
            argument["type"],
            required=place < len(inputs) - defaults and argument["mode"] != "v",
            variadic=argument["mode"] == "v",
        )
        for place, argument in enumerate(inputs)
    )
    known = tables.get((relation[0], relation[1])) if relation else None
    if known is None and outputs:
        columns = {out["name"]: ColumnFacts(out["name"], out["type"]) for out in outputs}
        known = Table(schema, name, columns)
    kind = "void" if type_name == "void" else "row" if is_row else "scalar"
    return Function(
        schema, name, parameters, kind, returns_set, known if kind == "row" else None, volatile
    )
