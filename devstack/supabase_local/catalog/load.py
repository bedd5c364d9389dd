"""Takes the picture of the database."""

from collections.abc import Mapping
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from devstack.supabase_local.catalog import function_queries, queries
from devstack.supabase_local.catalog.functions import read_function
from devstack.supabase_local.catalog.model import (
    Catalog,
    ColumnFacts,
    ComputedField,
    ForeignKey,
    Function,
    Name,
    Table,
)
from devstack.supabase_local.catalog.relationships import (
    computed_relationship,
    derive_relationships,
    through_views,
    to_tables,
    view_key,
    with_computed,
)
from devstack.supabase_local.catalog.views import columns_shown

WRITES = {"POST": 8, "PATCH": 4, "DELETE": 16}
"""The events that `pg_relation_is_updatable` tells of."""
TRUE = ("true", "on", "yes", "1")
Representations = Mapping[tuple[str, str], str]


async def load_catalog(connection: AsyncConnection[TupleRow]) -> Catalog:
    """Settings come from `alter role authenticator set pgrst.<name>`, as PostgREST reads them."""

    async def ask(query: str, *parameters: Any) -> list[TupleRow]:
        return await (await connection.execute(query, parameters or None)).fetchall()

    settings: dict[str, str] = dict(await ask(queries.SETTINGS))
    schemas = _names(settings.get("pgrst.db_schemas", "public"))
    pre_request: tuple[str, ...] = ()
    if function_name := settings.get("pgrst.db_pre_request"):
        pre_request = tuple((await ask("select parse_ident(%s)", function_name))[0][0])
    foreign_keys = [
        ForeignKey(
            constraint, (schema, name), tuple(columns), (other, target), tuple(targets), unique
        )
        for constraint, schema, name, other, target, columns, targets, unique in await ask(
            queries.FOREIGN_KEYS
        )
    ]
    views: dict[Name, list[tuple[Name, str, str]]] = {}
    shows = [
        (view, *shown)
        for view, rule in await ask(queries.VIEW_RULES)
        for shown in columns_shown(rule)
    ]
    whence = [list(numbers) for numbers in zip(*shows, strict=True)] or [[]] * 4
    for schema, view, base_schema, base, shown, column in await ask(queries.VIEW_COLUMNS, *whence):
        views.setdefault((schema, view), []).append(((base_schema, base), shown, column))
    views = to_tables(views)
    keys = {(schema, name): tuple(key) for schema, name, key in await ask(queries.PRIMARY_KEYS)}
    keys |= {view: view_key(columns, keys) for view, columns in views.items()}
    extra_path = _names(settings.get("pgrst.db_extra_search_path", "public, extensions"))
    representations = {
        (source, target): function
        for source, target, function in await ask(queries.REPRESENTATIONS)
    }
    tables = {
        (row[0], row[1]): _table(row, keys, representations, extra_path)
        for row in await ask(queries.TABLES, list(schemas))
    }
    functions: dict[Name, list[Function]] = {}
    for row in await ask(function_queries.FUNCTIONS, list(schemas)):
        if function := read_function(row, tables):
            functions.setdefault((function.schema, function.name), []).append(function)
    computed = [
        computed_relationship((schema, name), (origin_schema, origin), (target_schema, target), one)
        for schema, name, origin_schema, origin, target_schema, target, one in await ask(
            function_queries.COMPUTED_RELATIONSHIPS
        )
        if (target_schema, target) in tables
    ]
    media_types: dict[Name | None, frozenset[str]] = {}
    for media_type, schema, name in await ask(queries.MEDIA_TYPES):
        rows = (schema, name) if name else None
        media_types[rows] = media_types.get(rows, frozenset()) | {media_type}
    derived = derive_relationships(tables, through_views(foreign_keys, views))
    max_rows = settings.get("pgrst.db_max_rows", "1000")
    return Catalog(
        schemas=schemas,
        tables=tables,
        functions={name: tuple(found) for name, found in functions.items()},
        relationships=with_computed(derived, computed),
        aggregates_enabled=settings.get("pgrst.db_aggregates_enabled", "").lower() in TRUE,
        plan_enabled=settings.get("pgrst.db_plan_enabled", "").lower() in TRUE,
        max_rows=int(max_rows) if max_rows.isdecimal() else None,
        media_types=media_types,
        pre_request=pre_request,
        extra_search_path=_names(settings.get("pgrst.db_extra_search_path", "public, extensions")),
    )


def _names(setting: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in setting.split(",") if name.strip())


def _table(
    row: TupleRow,
    keys: Mapping[Name, tuple[str, ...]],
    representations: Representations,
    extra_path: tuple[str, ...],
) -> Table:
    """Its computed fields are the functions that a request on it finds without a schema."""
    schema, name, is_view, events, columns, computed = row
    facts = {column["name"]: _column(column, representations) for column in columns}
    fields = {
        field: ComputedField((owner, field), base)
        for place in reversed((schema, *extra_path))
        for owner, field, base in computed
        if owner == place
    }
    key = keys.get((schema, name), ())
    writable = tuple(verb for verb, event in WRITES.items() if events & event)
    return Table(schema, name, facts, key, is_view, fields, writable)


def _column(column: dict[str, Any], representations: Representations) -> ColumnFacts:
    kind = column["type"]
    return ColumnFacts(
        **column,
        to_json=representations.get((kind, "json")),
        from_json=representations.get(("json", kind)),
        from_text=representations.get(("text", kind)),
    )
