"""Text that PostgreSQL takes: no NUL, no lone surrogate, not more bytes than the column holds."""

from typing import Any

from shared.domain.failure import Failure
from shared.domain.trained_model import Scan

MESSAGE_BYTES = 4096
DETAIL_BYTES = 16384
WORD_BYTES = 500
MOST_REASONS, MOST_LIBRARIES = 20, 30


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


def storable_scan(scan: Scan) -> dict[str, Any]:
    """The verdict as JSON of bounded size; what it says of a file comes from that file."""
    libraries = list(scan.libraries.items())[:MOST_LIBRARIES]
    refusal = scan.refusal
    return {
        "verdict": scan.verdict,
        "reasons": [storable(reason, WORD_BYTES) for reason in scan.reasons[:MOST_REASONS]],
        "libraries": {storable(name, 100): storable(version, 100) for name, version in libraries},
        "sha256": scan.sha256,
        "refusal": refusal
        and {name: storable(word, MESSAGE_BYTES) for name, word in refusal.model_dump().items()},
        "note": storable(scan.note, WORD_BYTES),
        "scanned_at": scan.scanned_at and scan.scanned_at.isoformat(),
    }
