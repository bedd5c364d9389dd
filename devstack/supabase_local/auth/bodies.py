"""What the auth routes accept.

Fields that are not listed are ignored, so that nobody gives himself a role.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from devstack.supabase_local import limits
from devstack.supabase_local.auth.errors import AuthError, validation_failed

_EMAIL = re.compile(r"[^@\s\x00]{1,64}@[^@\s\x00]{1,255}")
_DURATION = re.compile(r"(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")

MOST_METADATA = 16 << 10

Body = TypeVar("Body", bound=BaseModel)


class SignUp(BaseModel):
    email: str | None = None
    phone: str | None = None
    password: str | None = None
    data: dict[str, Any] | None = None

    @property
    def is_anonymous(self) -> bool:
        return not (self.email or self.phone or self.password)


class Password(BaseModel):
    email: str | None = None
    password: str | None = None


class Refresh(BaseModel):
    refresh_token: str | None = None


class Recover(BaseModel):
    email: str | None = None


class Change(BaseModel):
    email: str | None = None
    password: str | None = None
    data: dict[str, Any] | None = None


class AdminUser(BaseModel):
    id: UUID | None = None
    email: str | None = None
    password: str | None = None
    role: str | None = None
    user_metadata: dict[str, Any] | None = None
    app_metadata: dict[str, Any] | None = None
    email_confirm: bool | None = None
    ban_duration: str | None = None


class DeleteUser(BaseModel):
    should_soft_delete: bool = False


async def read_body(request: Request, kind: type[Body]) -> Body:
    """Raises bad_json, validation_failed, request_too_large."""
    try:
        document = json.loads(await limits.read_body(request, limits.MOST_DOCUMENT) or b"{}")
    except limits.TooLargeError as error:
        raise AuthError(413, "request_too_large", str(error)) from None
    except (ValueError, RecursionError):
        raise AuthError(400, "bad_json", "Could not parse request body as JSON") from None
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"])) or "body"
        raise validation_failed(f"{place}: {error.errors()[0]['msg']}") from None


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
    """`24h`, `1h30m`, or `none` to lift the ban."""
    if duration == "none":
        return None
    found = _DURATION.fullmatch(duration)
    if found is None or not duration:
        raise validation_failed(f"invalid format for ban duration: {duration}")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return datetime.now(UTC) + timedelta(hours=hours, minutes=minutes, seconds=seconds)
