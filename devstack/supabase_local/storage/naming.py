"""Names of buckets and objects, sizes as people write them, mime types with wildcards."""

import re
from collections.abc import Sequence

from devstack.supabase_local.storage.errors import (
    invalid_bucket_name,
    invalid_key,
    invalid_request,
)

_KEY = re.compile(r"[\w/!\-.*'() &$@=;:+,?]{1,1024}", re.ASCII)
_BUCKET = re.compile(r"[\w!\-.*'() &$@=;:+,?]{1,100}", re.ASCII)
_SIZE = re.compile(r"(\d{1,15})\s*(B|KB|MB|GB|TB)?", re.IGNORECASE)
_UNITS = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40}


def checked_key(key: str) -> str:
    if not _KEY.fullmatch(key) or key.startswith("/") or {".", ".."} & set(key.split("/")):
        raise invalid_key(key)
    return key


def checked_bucket(name: str) -> str:
    if not _BUCKET.fullmatch(name) or name != name.strip():
        raise invalid_bucket_name()
    return name


def parse_size(size: int | str | None) -> int | None:
    if size is None or isinstance(size, int):
        return size
    found = _SIZE.fullmatch(size.strip())
    if found is None:
        raise invalid_request("Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B")
    return int(found[1]) * _UNITS[(found[2] or "b").lower()]


def mime_type_allowed(mime_type: str, allowed: Sequence[str] | None) -> bool:
    """`allowed` may hold `image/*`; none at all allows everything."""
    if not allowed:
        return True
    plain = mime_type.partition(";")[0].strip().lower()
    family = plain.partition("/")[0]
    return any(one.lower() in (plain, f"{family}/*", "*/*", "*") for one in allowed)
