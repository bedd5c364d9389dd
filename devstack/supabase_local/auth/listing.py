"""Which users a page of the admin's list shows, from its query string."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from psycopg import sql
from psycopg.rows import dict_row
from starlette.datastructures import QueryParams

from devstack.supabase_local.auth.errors import not_there, validation_failed
from devstack.supabase_local.database import Connection

LARGEST_PAGE = 1000
DIRECTIONS = {"ASC": "asc", "DESC": "desc"}


@dataclass(frozen=True)
class Listing:
    number: int
    size: int
    direction: str
    """Of the time of creation, the one thing that users are sorted by."""
    filter: str

    @classmethod
    def of(cls, query: QueryParams) -> "Listing":
        """Raises validation_failed, and a 501 for pages of more than LARGEST_PAGE users."""
        direction = _direction(query.get("sort"))
        number, size = _whole(query, "page", 1), _whole(query, "per_page", 50)
        if size == 0:
            raise _bad_pages("per_page must be greater than 0")
        if size > LARGEST_PAGE:
            raise not_there(f"A page of more than {LARGEST_PAGE} users")
        return cls(max(number, 1), size, direction, query.get("filter", ""))

    def link(self, query: QueryParams, total: int) -> str:
        """The `Link` header: the next page, if there is one, and the last."""
        last = -(-total // self.size)
        links = [_link(query, self.number + 1, "next")] if last > self.number else []
        return ", ".join([*links, _link(query, last, "last")])


async def page(connection: Connection, listing: Listing) -> tuple[list[dict[str, Any]], int]:
    """The page's users, and how many there are on all pages."""
    matching = sql.SQL(
        " from auth.users where position({part} in coalesce(email, '')) > 0"
        " or position(lower({part}) in lower(raw_user_meta_data ->> 'full_name')) > 0"
        if listing.filter
        else " from auth.users"
    ).format(part=sql.Literal(listing.filter))
    rows = sql.SQL("select *{} order by created_at {}, id limit {} offset {}").format(
        matching,
        sql.SQL(listing.direction),
        sql.Literal(listing.size),
        sql.Literal((listing.number - 1) * listing.size),
    )
    counted = await connection.execute(sql.SQL("select count(*){}").format(matching))
    total = await counted.fetchone()
    found = await (await connection.cursor(row_factory=dict_row).execute(rows)).fetchall()
    return found, total[0] if total else 0


def _direction(text: str | None) -> str:
    if text is None:
        return "desc"
    field, _, word = text.partition(" ")
    if field != "created_at":
        raise validation_failed(f"Bad Sort Parameters: bad field for sort '{field}'")
    direction = DIRECTIONS.get((word or "DESC").upper())
    if direction is None:
        raise validation_failed(
            f"Bad Sort Parameters: bad direction for sort '{word}', only 'asc' and 'desc' allowed"
        )
    return direction


def _whole(query: QueryParams, name: str, default: int) -> int:
    text = query.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise _bad_pages(f'strconv.ParseUint: parsing "{text}": invalid syntax')
    return int(text)


def _bad_pages(what: str) -> Exception:
    return validation_failed(f"Bad Pagination Parameters: {what}")


def _link(query: QueryParams, number: int, relation: str) -> str:
    words = urlencode(sorted({**query, "page": str(number)}.items()))
    return f'</admin/users?{words}>; rel="{relation}"'
