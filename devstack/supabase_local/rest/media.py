"""Which form of reply the `Accept` header asks for, and the SQL that gives rows that form."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum
from operator import itemgetter

from psycopg import sql

from devstack.supabase_local.rest.errors import RestError, not_there
from devstack.supabase_local.rest.expressions import SQL

JSON, OBJECT, ARRAY, CSV = (
    "application/json",
    "application/vnd.pgrst.object+json",
    "application/vnd.pgrst.array+json",
    "text/csv",
)
GEOJSON = "application/geo+json"
VENDOR = "application/vnd.pgrst."
"""What begins so is never handled by the database."""
STRIPPED = ";nulls=stripped"
PLAN = "application/vnd.pgrst.plan"
SCALAR = "pgrst_scalar"
"""The column in which a function's single value stands."""
PLAN_OPTIONS = ("analyze", "verbose", "settings", "buffers", "wal")


class Shape(Enum):
    """What the rows of a statement are, by what they come from."""

    ROWS = "rows"
    ROW = "row"
    SCALARS = "scalars"
    SCALAR = "scalar"


@dataclass(frozen=True)
class Form:
    content_type: str = JSON
    single: bool = False
    strip_nulls: bool = False
    csv: bool = False
    bodiless: bool = False
    """For HEAD, which shows how many rows there are, not which."""
    plan: str | None = None
    """`json` or `text`: reply with the query's plan instead of its rows."""
    plan_options: tuple[str, ...] = ()

    def body(self, rows: SQL, shape: Shape = Shape.ROWS) -> SQL:
        """An expression over the FROM item `_rows`, which holds the rows."""
        if self.bodiless:
            # Empty, but of rows that were really made: what fails on GET fails on HEAD.
            return sql.SQL("left(count(_rows)::text, 0)")
        if self.csv:
            return _csv(rows)
        value = shape is Shape.SCALAR or (shape is Shape.SCALARS and not self.single)
        item: SQL = sql.Identifier("_rows", SCALAR) if value else sql.Identifier("_rows")
        document: SQL = sql.SQL("coalesce(json_agg({}), '[]')").format(item)
        if self.single or shape in (Shape.ROW, Shape.SCALAR):
            document = sql.SQL("json_agg({}) -> 0").format(item)
        if self.strip_nulls:
            document = sql.SQL("json_strip_nulls({})").format(document)
        return sql.SQL("({})::text").format(document)


def parse_accept(header: str, handled: Collection[str] = ()) -> Form:
    """The most wanted form that we know. Raises PGRST107, a 501 for what the database handles."""
    wanted = _by_preference(header) or ["*/*"]
    for one in wanted:
        media_type, *parameters = one.split(";")
        media_type = media_type.lower()
        strip = "nulls=stripped" in parameters
        if media_type in handled and not media_type.startswith(VENDOR):
            raise not_there(f"A handler of the media type {media_type}")
        if media_type in ("*/*", "application/*", JSON):
            return Form()
        if media_type in (OBJECT, OBJECT.removesuffix("+json")):
            return Form(f"{OBJECT}{STRIPPED if strip else ''}", single=True, strip_nulls=strip)
        if media_type in (ARRAY, ARRAY.removesuffix("+json")):
            return Form(f"{ARRAY}{STRIPPED}" if strip else JSON, strip_nulls=strip)
        if media_type == CSV:
            return Form(f"{CSV}; charset=utf-8", csv=True)
        if media_type.startswith(PLAN):
            return _plan(media_type, parameters, handled)
        if media_type == GEOJSON:
            raise not_there(f"A reply of type {media_type}")
        if "*/*" in handled:
            raise not_there("A handler of every media type")
    raise RestError(
        406, "PGRST107", f"None of these media types are available: {', '.join(wanted)}"
    )


def _by_preference(header: str) -> list[str]:
    """By quality, then the more specific first, else as they come."""
    ranked = []
    for part in filter(None, header.replace(" ", "").split(",")):
        media_type, _, quality = part.partition(";q=")
        rank = float(quality) if re.fullmatch(r"\d{1,3}(\.\d{1,3})?", quality) else 1.0
        ranked.append(((rank, media_type.count(";") - media_type.count("*")), media_type))
    return [media_type for _, media_type in sorted(ranked, key=itemgetter(0), reverse=True)]


def _plan(media_type: str, parameters: list[str], handled: Collection[str]) -> Form:
    """The plan of what would be sent as the type that `for` names."""
    given = dict(one.split("=", 1) for one in parameters if "=" in one)
    planned = parse_accept(given.get("for", JSON).strip('"'), handled)
    options = given.get("options", "").split("|")
    chosen = tuple(option for option in PLAN_OPTIONS if option in options)
    plan = "json" if media_type == f"{PLAN}+json" else "text"
    words = [
        f"{PLAN}+{plan}",
        f'for="{planned.content_type.partition(";")[0]}"',
        *([f"options={'|'.join(chosen)}"] if chosen else []),
        "charset=utf-8",
    ]
    return replace(planned, content_type="; ".join(words), plan=plan, plan_options=chosen)


def _csv(rows: SQL) -> SQL:
    return sql.SQL(
        "(select coalesce(string_agg(key, ',' order by place), '') from"
        " (select * from {} as _first limit 1) as _first,"
        " json_object_keys(row_to_json(_first)) with ordinality as _keys(key, place))"
        " || E'\\n' || coalesce(string_agg("
        "substring(_rows::text, 2, length(_rows::text) - 2), E'\\n'), '')"
    ).format(rows)
