"""JSON that the auth and storage services read."""

import json
from typing import Any


def parse_document(body: bytes) -> Any:
    """Raises ValueError for what is no JSON, and for text with half a character in it, which
    PostgreSQL could not hold; RecursionError for what is nested too deeply."""
    document = json.loads(body)
    json.dumps(document, ensure_ascii=False).encode()
    return document
