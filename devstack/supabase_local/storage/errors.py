"""Storage errors: mostly HTTP 400 with the real status inside, as the hosted service tells them."""

import psycopg
from starlette.responses import JSONResponse


class StorageError(Exception):
    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        error: str | None = None,
        *,
        plain: bool = False,
    ) -> None:
        """`plain`: the reply has the status itself."""
        super().__init__(message)
        self.status, self.code, self.message, self.error = status, code, message, error or code
        self.plain = plain or status >= 500

    def response(self) -> JSONResponse:
        body = {
            "statusCode": str(self.status),
            "error": self.error,
            "message": self.message,
            "code": self.code,
        }
        return JSONResponse(body, self.status if self.plain else 400)


def no_such_bucket() -> StorageError:
    return StorageError(404, "NoSuchBucket", "Bucket not found", "Bucket not found")


def no_such_key() -> StorageError:
    return StorageError(404, "NoSuchKey", "Object not found", "not_found")


def already_exists() -> StorageError:
    return StorageError(409, "KeyAlreadyExists", "The resource already exists", "Duplicate")


def access_denied(message: str = "Access denied") -> StorageError:
    return StorageError(403, "AccessDenied", message, "Unauthorized")


def too_large() -> StorageError:
    message = "The object exceeded the maximum allowed size"
    return StorageError(413, "EntityTooLarge", message, "Payload too large")


def bad_mime_type(mime_type: str) -> StorageError:
    message = f"mime type {mime_type} is not supported"
    return StorageError(415, "InvalidMimeType", message, "invalid_mime_type")


def bad_content_type() -> StorageError:
    return StorageError(415, "InvalidMimeType", "Invalid Content-Type header", "invalid_mime_type")


def invalid_role() -> StorageError:
    message = "Access denied: Invalid role"
    return StorageError(403, "AccessDenied", message, "Unauthorized", plain=True)


def bucket_not_empty() -> StorageError:
    return StorageError(409, "ResourceNotEmpty", "The bucket you tried to delete is not empty")


def invalid_key(key: str) -> StorageError:
    return StorageError(400, "InvalidKey", f"Invalid key: {key}")


def invalid_bucket_name() -> StorageError:
    return StorageError(400, "InvalidBucketName", "Bucket name invalid", "Invalid Input")


def invalid_request(message: str) -> StorageError:
    return StorageError(400, "InvalidRequest", message)


def invalid_jwt(message: str) -> StorageError:
    return StorageError(400, "InvalidJWT", message)


def not_there(feature: str) -> StorageError:
    return StorageError(501, "NotImplemented", f"{feature} is not part of the local Supabase.")


def from_postgres(error: psycopg.Error) -> StorageError:
    if error.sqlstate == "42501":
        return access_denied(_denial(error.diag.message_primary or "Access denied"))
    if error.sqlstate == "23505":
        return already_exists()
    if error.sqlstate == "23503":
        return _of_another_resource(error.diag.message_detail or "")
    if error.sqlstate is None and isinstance(error, psycopg.OperationalError):
        return StorageError(503, "DatabaseConnectionLimit", "The database does not answer")
    if error.sqlstate == "57014":
        return StorageError(544, "DatabaseTimeout", "The connection to the database timed out")
    if isinstance(error, psycopg.DataError):
        return invalid_request(error.diag.message_primary or str(error))
    return StorageError(500, "DatabaseError", error.diag.message_primary or "Database error")


def _denial(message: str) -> str:
    """The table stays untold."""
    policy = "new row violates row-level security policy"
    return policy if "row-level security" in message else message


def _of_another_resource(detail: str) -> StorageError:
    if "still referenced" in detail:
        message = "The resource could not be updated or removed due to a foreign key constraint"
        return StorageError(409, "ResourceReferenced", message)
    return StorageError(404, "InvalidRequest", "The related resource does not exist")
