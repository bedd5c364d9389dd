"""What the auth routes accept.

Fields that are not listed are ignored, as the hosted service ignores them. Those that are listed
and asked for what is not part of the local Supabase are refused by name.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from devstack.supabase_local import limits
from devstack.supabase_local.auth.errors import AuthError, not_there, validation_failed
from devstack.supabase_local.auth.signing import AUDIENCE
from devstack.supabase_local.documents import parse_document

_EMAIL = re.compile(r"[^@\s\x00]{1,64}@[^@\s\x00]{1,255}")
_PART = r"(\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|ns)"
_DURATION = re.compile(rf"([+-]?)(0|(?:{_PART})+)", re.ASCII)
_SECONDS = {"h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_LONGEST_SECONDS = 2**63 / 1e9

MOST_METADATA = 16 << 10
MOST_DURATION = 100

Body = TypeVar("Body", bound=BaseModel)


class SignUp(BaseModel):
    email: str | None = None
    phone: str | None = None
    password: str | None = None
    data: dict[str, Any] | None = None

    @property
    def is_anonymous(self) -> bool:
        return not (self.email or self.phone)


class Password(BaseModel):
    email: str | None = None
    phone: str | None = None
    password: str | None = None


class Refresh(BaseModel):
    refresh_token: str | None = None


class Recover(BaseModel):
    email: str | None = None
    code_challenge: str | None = None


class Change(BaseModel):
    email: str | None = None
    phone: str | None = None
    password: str | None = None
    data: dict[str, Any] | None = None
    app_metadata: dict[str, Any] | None = None


class AdminUser(BaseModel):
    id: str | None = None
    aud: str | None = None
    email: str | None = None
    phone: str | None = None
    phone_confirm: bool | None = None
    password: str | None = None
    password_hash: str | None = None
    role: str | None = None
    user_metadata: dict[str, Any] | None = None
    app_metadata: dict[str, Any] | None = None
    email_confirm: bool | None = None
    ban_duration: str | None = None


class DeleteUser(BaseModel):
    should_soft_delete: bool = False


async def read_body(request: Request, kind: type[Body], *, optional: bool = False) -> Body:
    """Raises bad_json, also for a field of another type, and request_too_large."""
    nothing = b"{}" if optional else b""
    try:
        body = await limits.read_body(request, limits.MOST_DOCUMENT)
        document = parse_document(body or nothing)
    except limits.TooLargeError as error:
        raise AuthError(413, "request_too_large", str(error)) from None
    except (ValueError, RecursionError):
        raise AuthError(400, "bad_json", "Could not parse request body as JSON") from None
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) or "body"
        message = f"Could not parse request body as JSON: {place}: {error.errors()[0]['msg']}"
        raise AuthError(400, "bad_json", message) from None


def demand_no_phone(phone: object) -> None:
    """Raises a 501 for a request that names a phone."""
    if phone:
        raise not_there("Sign-in by phone")


def demand_supported(body: AdminUser) -> None:
    """Raises a 501 for what an admin can ask of the hosted service only."""
    demand_no_phone(body.phone or body.phone_confirm)
    if body.aud not in (None, "", AUDIENCE):
        raise not_there(f"Another audience than {AUDIENCE}")


def chosen_id(text: str | None) -> UUID | None:
    """The id that an admin chose for a new user. Raises validation_failed."""
    if not text:
        return None
    try:
        chosen = UUID(text)
    except ValueError:
        raise validation_failed("ID must conform to the uuid v4 format") from None
    if chosen.int == 0:
        raise validation_failed("ID cannot be a nil uuid")
    return chosen


def merged_metadata(standing: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What stands with what is given; null removes a key."""
    merged = {**standing, **given}
    return checked_metadata({key: value for key, value in merged.items() if value is not None})


def checked_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Every token carries a user's metadata, and every page of users that of all."""
    size = len(json.dumps(metadata))
    if size > MOST_METADATA:
        raise validation_failed(f"metadata has {size} bytes; {MOST_METADATA} is the most")
    return metadata


def checked_email(email: str | None) -> str:
    if not email:
        raise validation_failed("Sign-ins by phone are disabled: an email is required")
    if not _EMAIL.fullmatch(email):
        raise validation_failed("Unable to validate email address: invalid format")
    return email


def ban_end(duration: str) -> datetime | None:
    """`24h`, `1h30m`, `1.5h`, as Go writes durations; `none` and nothing at all lift the ban."""
    if duration == "none":
        return None
    found = _DURATION.fullmatch(duration) if len(duration) <= MOST_DURATION else None
    if found is None:
        raise validation_failed(f"invalid format for ban duration: {duration}")
    seconds = sum(float(count) * _SECONDS[unit] for count, unit in re.findall(_PART, duration))
    if seconds > _LONGEST_SECONDS:
        raise validation_failed(f"invalid format for ban duration: {duration}")
    if seconds == 0:
        return None
    return datetime.now(UTC) + timedelta(seconds=-seconds if found[1] == "-" else seconds)
