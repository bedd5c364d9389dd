"""`PUT` on a table: the one row that the URL names by its primary key, inserted or replaced."""

from collections.abc import Sequence

from psycopg import sql

from devstack.supabase_local.catalog.model import Table
from devstack.supabase_local.rest import write
from devstack.supabase_local.rest.errors import RestError
from devstack.supabase_local.rest.expressions import SQL
from devstack.supabase_local.rest.filters import Condition, Filter
from devstack.supabase_local.rest.payload import Payload
from devstack.supabase_local.rest.ranges import Page
from devstack.supabase_local.rest.read import Reader
from devstack.supabase_local.rest.request import ParsedQuery
from devstack.supabase_local.rest.written_rows import BODY

PUT_CONFLICT = RestError(
    400, "PGRST115", "Payload values do not match URL in primary key column(s)"
)


def demand_key_filters(table: Table, query: ParsedQuery) -> None:
    """Raises PGRST114 for a page, PGRST105 for other filters than `eq` on the whole key."""
    if query.root.page != Page():
        raise RestError(
            400, "PGRST114", "limit/offset querystring parameters are not allowed for PUT"
        )
    columns = {_equal_column(one) for one in query.root.where}
    if not table.primary_key or columns != set(table.primary_key):
        raise RestError(
            405,
            "PGRST105",
            "Filters must include all and only primary key columns with 'eq' operators",
        )


def put(reader: Reader, table: Table, query: ParsedQuery, payload: Payload, returning: SQL) -> SQL:
    """The first row of the body, if it has the key that the URL names."""
    conditions: Sequence[SQL] = [reader.filter(one, table, BODY, {}) for one in query.root.where]
    upsert = write.Upsert(table.primary_key, merges=True)
    named = sql.SQL(" and ").join(conditions)
    return write.insert(table, ParsedQuery(query.root), payload, upsert, returning, named=named)


def _equal_column(one: Filter) -> str | None:
    if (
        isinstance(one, Condition)
        and not one.path
        and one.operation.operator == "eq"
        and not one.operation.negated
        and one.operation.quantifier is None
    ):
        return one.column
    return None
