"""Auth errors, as the hosted auth service tells them.

`{"code": <status>, "error_code", "msg"}`, or `{"code": <error code>, "message"}` to clients that
name an API version with a date.
"""

import re
from typing import Any

from starlette.responses import JSONResponse

VERSION_HEADER, DATED_VERSION = "X-Supabase-Api-Version", "2024-01-01"


class AuthError(Exception):
    def __init__(self, status: int, error_code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.error_code, self.message, self.more = status, error_code, message, more

    def response(self, version: str | None = None) -> JSONResponse:
        """`version`: what the request's VERSION_HEADER says."""
        headers = {"X-Sb-Error-Code": self.error_code}
        body: dict[str, Any] = {
            "code": self.status,
            "error_code": self.error_code,
            "msg": self.message,
        }
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", version or "") and str(version) >= DATED_VERSION:
            headers[VERSION_HEADER] = DATED_VERSION
            body = {"code": self.error_code, "message": self.message}
        return JSONResponse({**body, **self.more}, self.status, headers)


def validation_failed(message: str) -> AuthError:
    return AuthError(400, "validation_failed", message)


def anonymous_disabled() -> AuthError:
    return AuthError(422, "anonymous_provider_disabled", "Anonymous sign-ins are disabled")


def invalid_credentials() -> AuthError:
    return AuthError(400, "invalid_credentials", "Invalid login credentials")


def user_already_exists() -> AuthError:
    return AuthError(422, "user_already_exists", "User already registered")


def email_exists() -> AuthError:
    return AuthError(
        422, "email_exists", "A user with this email address has already been registered"
    )


def user_not_found() -> AuthError:
    return AuthError(404, "user_not_found", "User not found")


def no_such_subject() -> AuthError:
    return AuthError(403, "user_not_found", "User from sub claim in JWT does not exist")


def user_banned(message: str) -> AuthError:
    return AuthError(400, "user_banned", message)


def session_not_found() -> AuthError:
    return AuthError(
        403, "session_not_found", "Session from session_id claim in JWT does not exist"
    )


def not_admin() -> AuthError:
    return AuthError(403, "not_admin", "User not allowed")


def not_there(feature: str) -> AuthError:
    return AuthError(501, "not_implemented", f"{feature} is not part of the local Supabase.")
