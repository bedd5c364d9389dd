"""What HTTP itself says of a request: who asks, for what, in which form."""

from collections.abc import Collection

from shared.errors.base import UserFacingError
from shared.errors.commands import BEARER, LIST, NO, OPENAPI, REPLY


class RequestRefused(UserFacingError):
    """Refused before anything has begun."""


class MalformedRequest(RequestRefused):
    status = 400
    code = "malformed_request"
    cause = "The body is not JSON, or not a JSON object."
    fix = "Send one JSON object. In a shell, put it in single quotes."
    look = "`GET /docs` shows each route's body."
    command = OPENAPI
    seen = REPLY


class Unauthenticated(RequestRefused):
    status = 401
    code = "unauthenticated"
    cause = (
        "The access token is missing, expired, not signed by this Supabase project, or its user was"
        " deleted, is banned, or has signed out: each is refused with the next request. A"
        " publishable or secret key is no user token."
    )
    fix = (
        "Sign in with Supabase and send `Authorization: Bearer <access token>`. A project"
        " that still signs with its legacy secret (HS256) needs SUPABASE_JWT_SECRET."
    )
    look = (
        "Supabase dashboard: Authentication, Users; Project Settings, JWT Keys. The app's"
        " log line `token_refused` has the reason."
    )
    command = (
        'curl -s "$SUPABASE_URL/auth/v1/token?grant_type=password"'
        " -H \"apikey: $SUPABASE_ANON_KEY\" -H 'Content-Type: application/json'"
        ' -d \'{"email": "...", "password": "..."}\''
    )
    seen = REPLY

    def __init__(
        self,
        message: str = "The access token is missing, not valid, or expired.",
        *,
        fix: str | None = None,
    ) -> None:
        super().__init__(message, fix=fix)


class SignedOut(Unauthenticated):
    """Supabase refused the token of a request that had begun."""

    def __init__(self) -> None:
        super().__init__(
            "The access token is not one of a signed-in user, or has expired.",
            fix="Sign in again and send the new access token.",
        )


class Forbidden(RequestRefused):
    status = 403
    code = "forbidden"
    cause = "`user_id` in the query or body is not the token's user."
    fix = "Leave `user_id` out: the token says who calls."
    look = "The `sub` of the access token."
    command = LIST
    seen = REPLY

    def __init__(self) -> None:
        super().__init__("user_id is not the caller's.")


class AnonymousRefused(RequestRefused):
    status = 403
    code = "anonymous_refused"
    cause = "The token is one of an anonymous sign-in, and ALLOW_ANONYMOUS_USERS is not set."
    fix = (
        "Sign up with an email address. Whoever runs Slipway may set ALLOW_ANONYMOUS_USERS; it"
        " reaches the database when the app starts."
    )
    look = "Supabase dashboard: Authentication, Users; the token's claim `is_anonymous`."
    command = LIST
    seen = REPLY

    def __init__(self) -> None:
        super().__init__("Anonymous users may not use Slipway.")


class NotFound(RequestRefused):
    status = 404
    code = "not_found"
    cause = (
        "The caller has no deployment of this id: it was deleted, belongs to another user"
        " or never existed. Or there is no such path; an id that is no UUID makes none."
    )
    fix = "Take the id from the list of your deployments, the path from `GET /docs`."
    look = "Supabase dashboard: Table Editor, `deployments`; deleted rows are kept there."
    command = LIST
    retry = NO
    seen = REPLY


class MethodNotAllowed(RequestRefused):
    status = 405
    code = "wrong_method"
    cause = (
        "The path exists, but not with this method: `PUT /deployments/list`. HEAD, OPTIONS and"
        " TRACE are no methods of this API; a browser's preflight is answered where"
        " CORS_ALLOWED_ORIGINS has its page's origin."
    )
    fix = "Use a method that the reply's `Allow` names."
    look = "`GET /docs` shows each path's methods."
    command = OPENAPI
    retry = NO
    seen = REPLY

    def __init__(self, method: str, allowed: Collection[str]) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(
            f"This path does not take {method}.",
            fix=f"Use {self.allowed}; GET /docs shows every route.",
        )


class TooLarge(RequestRefused):
    status = 413
    code = "body_too_large"
    cause = (
        "The body is over the limit: 64 KB, 512 KB for a batch, or MAX_SCORE_KB for the score"
        " route."
    )
    fix = (
        "Score fewer rows at a time, call the endpoint itself with its own key, or raise"
        " MAX_SCORE_KB."
    )
    look = "Function app: Settings, Environment variables."
    command = f'curl -s "$SLIPWAY/deployments/$ID/keys" {BEARER}'
    seen = REPLY

    def __init__(self, size: int, limit: int, *, fix: str | None = None) -> None:
        super().__init__(f"The body has {size} bytes; the limit is {limit}.", fix=fix)


class UnsupportedMediaType(RequestRefused):
    status = 415
    code = "unsupported_media_type"
    cause = "The body's Content-Type is not application/json."
    fix = "Send the header `Content-Type: application/json`."
    look = "`GET /docs`."
    command = OPENAPI
    seen = REPLY

    def __init__(self, sent: str) -> None:
        super().__init__(f"The content type is {sent or 'missing'}; it should be application/json.")


class InvalidRequest(RequestRefused):
    status = 422
    code = "invalid_request"
    cause = (
        "Fields are wrong; the message names each of them and what it should be. Names"
        " follow Azure ML's rule: 3 to 32 letters, digits and single dashes, beginning with a"
        " letter."
    )
    fix = "Correct the named fields."
    look = "`GET /docs` has every field's type and range."
    command = OPENAPI
    seen = REPLY


class InvalidCursor(InvalidRequest):
    code = "invalid_cursor"
    cause = "`cursor` is not a `next_cursor` of this list."
    fix = "Begin without a cursor and pass `next_cursor` on unchanged."
    look = "The reply of the page before."
    command = LIST
    seen = REPLY

    def __init__(self) -> None:
        super().__init__("The cursor is not one that this list has given out.")


class Conflict(RequestRefused):
    """What is there already stands in the way."""

    status = 409


class InternalError(UserFacingError):
    """A mistake of Slipway's own; the log has its cause."""

    status = 500
    code = "internal_error"
    cause = (
        "Slipway failed in a way that it does not know: most likely a mistake of ours."
        " In a deployment: one phase crashed three times."
    )
    fix = "Try once more. If it happens again, report the request id or the deployment's id."
    look = (
        "Application Insights of the function app: Logs, table `traces`, the id. Locally:"
        " `.state/logs/functions_host.log`."
    )
    command = (
        'az monitor app-insights query --app "$INSIGHTS" -g "$RG" --offset 1d'
        " --analytics-query \"traces | where message has '$REQUEST_ID'\""
    )
    retry = "once"

    def __init__(
        self, message: str = "Slipway failed unexpectedly.", *, fix: str | None = None
    ) -> None:
        super().__init__(message, fix=fix)
