"""REST errors: `{"code", "message", "details", "hint"}` with the status that PostgREST gives them.

RestError      what we refuse ourselves; its code is PGRSTnnn, or the SQLSTATE PostgreSQL would give
from_postgres  what PostgreSQL refused
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import psycopg
from starlette.responses import JSONResponse

JSON_TYPE = "application/json; charset=utf-8"


class RestError(Exception):
    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: Any = None,
        hint: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.details, self.hint, self.headers = details, hint, dict(headers or {})

    def response(self) -> JSONResponse:
        body = {
            "code": self.code,
            "message": self.message,
            "details": self.details,
            "hint": self.hint,
        }
        headers = {"Proxy-Status": f"PostgREST; error={self.code}"}
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        headers |= self.headers
        return JSONResponse(body, self.status, headers, media_type=JSON_TYPE)


def not_parsed(message: str, details: str) -> RestError:
    return RestError(400, "PGRST100", message, details)


def invalid_body(message: str) -> RestError:
    return RestError(400, "PGRST102", message)


def not_there(feature: str) -> RestError:
    """What PostgREST can do and this gateway cannot: said by name, never done wrongly."""
    return RestError(
        501,
        "not_implemented",
        f"{feature} is not part of the local Supabase.",
        hint="See its README.",
    )


def too_large(size: int, most: int) -> RestError:
    return RestError(
        501,
        "reply_too_large",
        f"The reply has {size >> 20} MB; the local Supabase sends {most >> 20} MB at most.",
        hint="Ask for fewer rows or columns.",
    )


def not_embedded(name: str) -> RestError:
    return RestError(
        400,
        "PGRST108",
        f"'{name}' is not an embedded resource in this request",
        hint=f"Verify that '{name}' is included in the 'select' query parameter.",
    )


def unknown_column(table: str, column: str) -> RestError:
    return RestError(400, "42703", f"column {table}.{column} does not exist")


def from_postgres(error: psycopg.Error, *, anonymous: bool) -> RestError:
    code = error.sqlstate or ""
    if not code and not isinstance(error, psycopg.OperationalError):
        return RestError(400, "22000", str(error))
    if not code:
        return RestError(503, "PGRST001", "Could not connect with the database", str(error) or None)
    message = error.diag.message_primary or str(error)
    if code == "PGRST":
        return _raised_whole(message, error.diag.message_detail)
    status = status_of_sqlstate(code, message, anonymous=anonymous)
    return RestError(status, code, message, error.diag.message_detail, error.diag.message_hint)


def _raised_whole(message: str, detail: str | None) -> RestError:
    """`raise sqlstate 'PGRST'` tells the whole answer: error as message, the rest as detail."""
    said = _object(message, ("code", "message"))
    if said is None:
        return _not_told(
            f"Invalid JSON value for MESSAGE: '{message}'",
            "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional "
            "keys: 'details', 'hint'.",
        )
    hint = (
        "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional "
        "key: 'status_text'."
    )
    if detail is None:
        return _not_told("DETAIL is missing in the RAISE statement", hint)
    rest = _object(detail, ("status", "headers"))
    if rest is None or not isinstance(rest["status"], int) or not 200 <= rest["status"] <= 599:
        return _not_told(f"Invalid JSON value for DETAIL: '{detail}'", hint)
    headers = rest["headers"]
    if not isinstance(headers, dict) or not all(isinstance(one, str) for one in headers.values()):
        return _not_told(f"Invalid JSON value for DETAIL: '{detail}'", hint)
    return RestError(
        rest["status"],
        str(said["code"]),
        str(said["message"]),
        said.get("details"),
        said.get("hint"),
        headers,
    )


def _object(text: str, needed: tuple[str, ...]) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and all(key in value for key in needed) else None


def _not_told(details: str, hint: str) -> RestError:
    message = "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error"
    return RestError(500, "PGRST121", message, details, hint)


_STATUSES = {
    "23503": 409,
    "23505": 409,
    "25006": 405,
    "42883": 404,
    "42P01": 404,
    "42P17": 500,
    "53400": 500,
    "57P01": 503,
    "P0001": 400,
}
_CLASS_STATUSES = {
    "08": 503,
    "09": 500,
    "0L": 403,
    "0P": 403,
    "25": 500,
    "28": 403,
    "2D": 500,
    "38": 500,
    "39": 500,
    "3B": 500,
    "40": 500,
    "53": 503,
    "54": 500,
    "55": 500,
    "57": 500,
    "58": 500,
    "F0": 500,
    "HV": 500,
    "P0": 500,
    "PT": 500,
    "XX": 500,
}


def status_of_sqlstate(code: str, message: str, *, anonymous: bool) -> int:
    if code == "42501":
        return 401 if anonymous else 403
    if code == "21000":
        return 400 if message.endswith("requires a WHERE clause") else 500
    if code == "22023" and re.fullmatch("role .* does not exist", message):
        return 401
    if raised := re.fullmatch(r"PT([2-5]\d\d)", code):
        return int(raised[1])
    return _STATUSES.get(code) or _CLASS_STATUSES.get(code[:2], 400)
