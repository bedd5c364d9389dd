"""What a database function or trigger asks of the reply: `response.status`, `response.headers`."""

import json
import re
from dataclasses import dataclass

from psycopg import sql
from starlette.responses import Response

from devstack.supabase_local.rest.errors import RestError

SETTINGS = {"response.headers": "", "response.status": "", "pgrst.inserted": ""}
"""Empty at the start of every transaction, whatever the connection was used for before."""
COLUMNS = sql.SQL(", ").join(
    sql.SQL("nullif(current_setting({}, true), '')").format(sql.Literal(name)) for name in SETTINGS
)
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~\w]+", re.ASCII)
_VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")


@dataclass(frozen=True)
class Overrides:
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def apply(self, response: Response) -> Response:
        """They go before the headers of the same name that the reply has already."""
        for name in {name for name, _ in self.headers}:
            if name in response.headers:
                del response.headers[name]
        for name, value in self.headers:
            response.headers.append(name, value)
        return response


def parse_overrides(headers: str | None, status: str | None) -> Overrides:
    """Raises PGRST111, PGRST112."""
    return Overrides(_status(status), _headers(headers) if headers else ())


def sendable(name: object, value: object) -> bool:
    return (
        isinstance(name, str)
        and isinstance(value, str)
        and _NAME.fullmatch(name) is not None
        and _VALUE.fullmatch(value) is not None
    )


def _status(text: str | None) -> int | None:
    if text is None:
        return None
    found = re.match(r"[2-5]\d\d(?!\d)", text)
    if found is None:
        raise RestError(500, "PGRST112", "response.status guc must be a valid status code")
    return int(found[0])


def _headers(text: str) -> tuple[tuple[str, str], ...]:
    try:
        entries = json.loads(text)
        pairs = [pair for entry in entries for pair in entry.items()]
    except (ValueError, RecursionError, TypeError, AttributeError):
        pairs = None
    well_formed = (
        pairs is not None
        and isinstance(entries, list)
        and all(len(entry) == 1 for entry in entries)
        and all(sendable(name, value) for name, value in pairs)
    )
    if not well_formed:
        raise RestError(
            500,
            "PGRST111",
            "response.headers guc must be a JSON array composed of objects with a single key "
            "and a string value",
        )
    return tuple(pairs or ())
