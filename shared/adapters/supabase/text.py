"""Text that PostgreSQL takes: no NUL, no lone surrogate, not more bytes than the column holds."""

from typing import Any

from shared.domain.failure import Failure

MESSAGE_BYTES = 4096
DETAIL_BYTES = 16384


def storable(text: str, max_bytes: int, *, keep_end: bool = False) -> str:
    """`text`, cut to size at its end, or at its beginning (`keep_end`) as suits a log's tail."""
    clean = text.replace("\x00", "").encode("utf-8", "replace")
    cut = clean[-max_bytes:] if keep_end else clean[:max_bytes]
    return cut.decode("utf-8", "ignore")


def storable_failure(failure: Failure) -> dict[str, Any]:
    """The failure as JSON whose every text PostgreSQL takes."""
    return {
        "code": failure.code,
        "message": storable(failure.message, MESSAGE_BYTES),
        "fix": storable(failure.fix, MESSAGE_BYTES),
        "detail": failure.detail and storable(failure.detail, DETAIL_BYTES, keep_end=True),
    }
