"""Auth errors: `{"code": <status>, "error_code", "msg"}`, as the hosted auth service tells them."""

from typing import Any

from starlette.responses import JSONResponse


class AuthError(Exception):
    def __init__(self, status: int, error_code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.error_code, self.message, self.more = status, error_code, message, more

    def response(self) -> JSONResponse:
        body = {"code": self.status, "error_code": self.error_code, "msg": self.message}
        return JSONResponse({**body, **self.more}, self.status)


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


def session_not_found() -> AuthError:
    return AuthError(
        403, "session_not_found", "Session from session_id claim in JWT does not exist"
    )


def not_admin() -> AuthError:
    return AuthError(403, "not_admin", "User not allowed")


def not_there(feature: str) -> AuthError:
    return AuthError(501, "not_implemented", f"{feature} is not part of the local Supabase.")
