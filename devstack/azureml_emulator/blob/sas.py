"""Shared access signatures: made for uploads and datastore secrets, checked on every call.

A signature is for one container, or for a whole account. The strings to sign are those of
version 2020-12-06 and later of the storage service.
"""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

VERSION = "2022-11-02"
LIFETIME = dt.timedelta(hours=8)
EARLIER = dt.timedelta(minutes=10)
"""How long before it is given a signature is valid, for clocks that are behind."""

SIGNED_FIELDS_BEFORE_RESOURCE = ("sp", "st", "se")
SIGNED_FIELDS_AFTER_RESOURCE = (
    *("si", "sip", "spr", "sv", "sr"),
    *("snapshot", "ses", "rscc", "rscd", "rsce", "rscl", "rsct"),
)
PERMISSION_OF_METHOD = {"GET": "rl", "HEAD": "r", "PUT": "wc", "DELETE": "d"}


ACCOUNT_PERMISSIONS = "rcuwdl"
PERMISSION_IN_ACCOUNT = {"GET": "rl", "HEAD": "r", "PUT": "wcu", "DELETE": "d"}


class InvalidKey(Exception):
    """An account key that nothing can be signed with."""


class InvalidSignature(Exception):
    """The shared access signature is wrong, expired or does not allow the method."""


def container_token(
    account: str, key: str, container: str, *, lifetime: dt.timedelta = LIFETIME
) -> str:
    """A query string that lets read, create, write and list in one container for `lifetime`."""
    now = dt.datetime.now(dt.UTC)
    fields = {
        "sv": VERSION,
        "st": (now - EARLIER).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "se": (now + lifetime).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "sr": "c",
        "sp": "rcwl",
    }
    return urlencode({**fields, "sig": _signature(account, key, container, fields)})


def account_token(account: str, key: str, hours: int) -> str:
    """A query string that allows everything in the account's blobs and files. Raises InvalidKey."""
    expires = dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours)
    fields = {
        "sv": VERSION,
        "se": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "srt": "co",
        "ss": "bf",
        "sp": ACCOUNT_PERMISSIONS,
    }
    return urlencode({**fields, "sig": _account_signature(account, key, fields)})


def check(
    query: Mapping[str, str], method: str, account: str, key: str, container: str, blob: str
) -> None:
    """Raise InvalidSignature unless the query's signature allows `method` on this blob, now."""
    permissions = PERMISSION_OF_METHOD
    if "srt" in query:
        expected, permissions = _account_signature(account, key, query), PERMISSION_IN_ACCOUNT
        if "b" not in query.get("ss", "") or ("o" if blob else "c") not in query["srt"]:
            raise InvalidSignature("The signature is not for this service or resource.")
    else:
        resource = f"{container}/{blob}" if query.get("sr") == "b" else container
        expected = _signature(account, key, resource, query)
    if not hmac.compare_digest(expected.encode(), query.get("sig", "").encode()):
        raise InvalidSignature("Signature did not match.")
    now = dt.datetime.now(dt.UTC)
    starts, expires = _moment(query.get("st")), _moment(query.get("se"))
    if expires is None or now >= expires or (starts is not None and now < starts):
        raise InvalidSignature("Signature not valid in the specified time frame.")
    if not set(permissions.get(method, "")) & set(query.get("sp", "")):
        raise InvalidSignature(f"The signature does not allow {method}.")


def _signature(account: str, key: str, resource: str, fields: Mapping[str, str]) -> str:
    lines = [
        *(fields.get(name, "") for name in SIGNED_FIELDS_BEFORE_RESOURCE),
        f"/blob/{account}/{resource}",
        *(fields.get(name, "") for name in SIGNED_FIELDS_AFTER_RESOURCE),
    ]
    return sign(key, "\n".join(lines))


def _account_signature(account: str, key: str, fields: Mapping[str, str]) -> str:
    names = ("sp", "ss", "srt", "st", "se", "sip", "spr", "sv", "ses")
    texts = (account, *(fields.get(name, "") for name in names))
    return sign(key, "".join(f"{text}\n" for text in texts))


def sign(key: str, text: str) -> str:
    """The storage service's signature of a text. Raises InvalidKey."""
    try:
        raw = base64.b64decode(key, validate=True)
    except ValueError:
        raise InvalidKey("the account key is not base64.") from None
    return base64.b64encode(hmac.new(raw, text.encode(), hashlib.sha256).digest()).decode()


def _moment(text: str | None) -> dt.datetime | None:
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise InvalidSignature(f"{text!r} is not a time.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
