"""Shared access signatures for containers: made for the datastore's secrets, checked on every call.

The string to sign is that of version 2020-12-06 and later of the storage service.
"""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

VERSION = "2022-11-02"
LIFETIME = dt.timedelta(hours=8)

SIGNED_FIELDS_BEFORE_RESOURCE = ("sp", "st", "se")
SIGNED_FIELDS_AFTER_RESOURCE = (
    *("si", "sip", "spr", "sv", "sr"),
    *("snapshot", "ses", "rscc", "rscd", "rsce", "rscl", "rsct"),
)
PERMISSION_OF_METHOD = {"GET": "rl", "HEAD": "r", "PUT": "wc", "DELETE": "d"}


class InvalidSignature(Exception):
    """The shared access signature is wrong, expired or does not allow the method."""


def container_token(
    account: str, key: str, container: str, *, lifetime: dt.timedelta = LIFETIME
) -> str:
    """A query string that allows everything in one container for `lifetime`."""
    expires = dt.datetime.now(dt.UTC) + lifetime
    fields = {
        "sv": VERSION,
        "sr": "c",
        "sp": "racwdl",
        "spr": "https",
        "se": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return urlencode({**fields, "sig": _signature(account, key, container, fields)})


def check(
    query: Mapping[str, str], method: str, account: str, key: str, container: str, blob: str
) -> None:
    """Raise InvalidSignature unless the query's signature allows `method` on this blob, now."""
    resource = f"{container}/{blob}" if query.get("sr") == "b" else container
    expected = _signature(account, key, resource, query)
    if not hmac.compare_digest(expected.encode(), query.get("sig", "").encode()):
        raise InvalidSignature("Signature did not match.")
    now = dt.datetime.now(dt.UTC)
    starts, expires = _moment(query.get("st")), _moment(query.get("se"))
    if expires is None or now >= expires or (starts is not None and now < starts):
        raise InvalidSignature("Signature not valid in the specified time frame.")
    if not set(PERMISSION_OF_METHOD.get(method, "")) & set(query.get("sp", "")):
        raise InvalidSignature(f"The signature does not allow {method}.")


def _signature(account: str, key: str, resource: str, fields: Mapping[str, str]) -> str:
    lines = [
        *(fields.get(name, "") for name in SIGNED_FIELDS_BEFORE_RESOURCE),
        f"/blob/{account}/{resource}",
        *(fields.get(name, "") for name in SIGNED_FIELDS_AFTER_RESOURCE),
    ]
    digest = hmac.new(base64.b64decode(key), "\n".join(lines).encode(), hashlib.sha256)
    return base64.b64encode(digest.digest()).decode()


def _moment(text: str | None) -> dt.datetime | None:
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise InvalidSignature(f"{text!r} is not a time.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
