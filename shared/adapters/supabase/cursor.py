"""The cursor of a list: where a page ended, as a text whose form is nobody else's business."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from shared.errors.requests import InvalidCursor


@dataclass(frozen=True)
class Cursor:
    """The last row of a page; the next page begins after it."""

    created_at: datetime
    id: UUID

    def encode(self) -> str:
        written = f"{self.created_at.isoformat()} {self.id}"
        return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, word: str) -> Self:
        """Raises InvalidCursor for anything that `encode` does not write."""
        try:
            written = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
            moment, _, row = written.decode("ascii").partition(" ")
            cursor = cls(datetime.fromisoformat(moment), UUID(row))
        except (ValueError, binascii.Error):
            raise InvalidCursor from None
        if cursor.created_at.tzinfo is None or cursor.encode() != word:
            raise InvalidCursor
        return cursor
