"""The error tree: every way in which Slipway says no, or asks for another try.

    SlipwayError
    ├── UserFacingError            explained once, ends the work    code, status, message, fix
    │   ├── MalformedRequest       400  malformed_request
    │   ├── Unauthenticated        401  unauthenticated
    │   ├── Forbidden              403  forbidden
    │   ├── NotFound               404  not_found, model_not_found
    │   ├── Conflict               409  endpoint_name_taken, idempotency_key_reused, not_active, ...
    │   ├── TooLarge               413  body_too_large
    │   ├── UnsupportedMediaType   415  unsupported_media_type
    │   ├── Unprocessable          422  invalid_request (fields named), invalid_cursor
    │   ├── TooMany                429  too_many_requests, too_many_deploying, too_many_active
    │   ├── Unavailable            503  supabase_unavailable, supabase_misconfigured, start_failed
    │   ├── ModelRefused           422  the file: model_file_missing, model_unsafe, ...
    │   ├── ServingRefused         422  Azure ML: quota_too_small, image_build_failed, ...
    │   ├── MethodNotAllowed       405  wrong_method, in api/http/errors.py
    │   └── InternalError          500  internal_error, in api/http/errors.py
    └── TransientError         503  throttled, endpoint_busy, ...: the phase is tried again

Codes are API: docs/errors.md has one entry for each that can be shown. It is generated from where
the sources make errors; tests/architecture/test_error_codes.py fails for a code without an entry.
"""

from typing import Any, ClassVar


class SlipwayError(Exception):
    """Anything Slipway raises on purpose."""


class UserFacingError(SlipwayError):
    """A refusal: what is wrong, with numbers (`message`), and what to do about it (`fix`)."""

    status: ClassVar[int] = 500
    code: str = "internal_error"

    def __init__(
        self, message: str, *, fix: str, code: str | None = None, detail: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.code = code or type(self).code
        self.detail = detail
        """More for the timeline (a log tail, correlation ids); never a secret."""
        self.facts: dict[str, Any] = {}
        """More for programs, beside code, message and fix in a reply."""


class TransientError(SlipwayError):
    """Worth another try after at least `wait_seconds`; `code` names what was in the way.

    Only the text survives the activity boundary, so it carries code and wait: "[code wait=20] ...".
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "temporarily_unavailable",
        wait_seconds: float = 1.0,
        detail: str | None = None,
    ) -> None:
        super().__init__(f"[{code} wait={wait_seconds:g}] {message}")
        self.message = message
        self.code = code
        self.wait_seconds = wait_seconds
        self.detail = detail
        """More for the timeline, as in UserFacingError."""


class MalformedRequest(UserFacingError):
    status, code = 400, "malformed_request"


class Unauthenticated(UserFacingError):
    status, code = 401, "unauthenticated"


class Forbidden(UserFacingError):
    status, code = 403, "forbidden"


class NotFound(UserFacingError):
    status, code = 404, "not_found"


class Conflict(UserFacingError):
    status, code = 409, "conflict"


class TooLarge(UserFacingError):
    status, code = 413, "body_too_large"


class UnsupportedMediaType(UserFacingError):
    status, code = 415, "unsupported_media_type"


class Unprocessable(UserFacingError):
    status, code = 422, "invalid_request"


class TooMany(UserFacingError):
    status, code = 429, "too_many_requests"

    def __init__(
        self, message: str, *, fix: str, code: str | None = None, retry_after: int = 60
    ) -> None:
        super().__init__(message, fix=fix, code=code)
        self.retry_after = retry_after


class Unavailable(UserFacingError):
    status, code = 503, "supabase_unavailable"
    retry_after: int = 5
    """Seconds."""


class ModelRefused(UserFacingError):
    """The model file cannot be served: missing, damaged, unsafe, unsupported."""

    status, code = 422, "model_refused"


class ServingRefused(UserFacingError):
    """Azure ML refuses for good: quota, rights, names, builds, crashed containers."""

    status, code = 422, "serving_refused"
