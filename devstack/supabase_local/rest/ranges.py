"""Pages: `limit` and `offset`, the `Range` header, and the `Content-Range` that answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from devstack.supabase_local.rest.errors import RestError, not_parsed

_RANGE = re.compile(r"(\d{1,18})-(\d{0,18})")
_WHOLE = re.compile(r"-?\d{1,18}")


@dataclass(frozen=True)
class Page:
    offset: int = 0
    limit: int | None = None

    def within(self, outer: "Page") -> "Page":
        """Both restrictions at once: the later start, the earlier end."""
        offset = max(self.offset, outer.offset)
        ends = [page.offset + page.limit for page in (self, outer) if page.limit is not None]
        return Page(offset, max(min(ends) - offset, 0) if ends else None)

    def capped(self, most: int) -> "Page":
        return Page(self.offset, most if self.limit is None else min(self.limit, most))


def parse_page(limit: str | None, offset: str | None) -> Page:
    """Raises PGRST100 for what is no number, PGRST103 for a negative limit."""
    start, size = _whole("offset", offset), _whole("limit", limit)
    if size is not None and size < 0:
        raise _unsatisfiable("Limit should be greater than or equal to zero.")
    return Page(max(start or 0, 0), size)


def parse_range(header: str | None) -> Page:
    """Other units and forms than `first-last` are passed over, as HTTP asks."""
    found = _RANGE.fullmatch(header.removeprefix("items=").strip()) if header else None
    if found is None:
        return Page()
    first = int(found[1])
    if not found[2]:
        return Page(first)
    if int(found[2]) < first:
        raise _unsatisfiable(
            "The lower boundary must be lower than or equal to the upper boundary "
            "in the Range header."
        )
    return Page(first, int(found[2]) - first + 1)


def content_range(offset: int, rows: int, total: int | None) -> str:
    shown = "*" if rows == 0 else f"{offset}-{offset + rows - 1}"
    return f"{shown}/{'*' if total is None else total}"


def status_of_page(offset: int, rows: int, total: int | None) -> int:
    """200, or 206 when there is more than this page. Raises PGRST103 beyond the last row."""
    if total is None:
        return 200
    if offset > total:
        raise _unsatisfiable(
            f"An offset of {offset} was requested, but there are only {total} rows.",
            {"Content-Range": f"*/{total}"},
        )
    return 206 if rows < total else 200


def _whole(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not _WHOLE.fullmatch(text.strip()):
        raise not_parsed(f'"failed to parse {name} ({text})"', "expecting a whole number")
    return int(text)


def _unsatisfiable(details: str, headers: Mapping[str, str] | None = None) -> RestError:
    message = "Requested range not satisfiable"
    return RestError(416, "PGRST103", message, details, headers=headers)
