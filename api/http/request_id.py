"""Request ids: the caller's own when it is harmless, else a new one."""

import re
import uuid

_HARMLESS = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id_of(proposed: str | None) -> str:
    return proposed if proposed and _HARMLESS.fullmatch(proposed) else uuid.uuid4().hex
