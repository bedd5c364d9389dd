"""Requests signed with the account's key: `Authorization: SharedKey account:signature`."""

import hmac
from collections.abc import Mapping
from urllib.parse import unquote

from devstack.azureml_emulator.blob.sas import InvalidSignature, sign

SCHEME = "SharedKey "
SIGNED_HEADERS = (
    *("content-encoding", "content-language", "content-length", "content-md5", "content-type"),
    *("date", "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"),
)


def check_shared_key(
    method: str, path: str, query: str, headers: Mapping[str, str], account: str, key: str
) -> None:
    """Raise InvalidSignature unless the request is signed with this account's key.

    `path` and `query` are as they came, percent-encoded; header names are in lower case.
    """
    text = string_to_sign(method, path, query, headers, account)
    expected = f"{SCHEME}{account}:{sign(key, text)}"
    if not hmac.compare_digest(expected.encode(), headers.get("authorization", "").encode()):
        raise InvalidSignature("The MAC signature found in the HTTP request is not the same.")


def string_to_sign(
    method: str, path: str, query: str, headers: Mapping[str, str], account: str
) -> str:
    values = {name: headers.get(name, "") for name in SIGNED_HEADERS}
    if values["content-length"] == "0":
        values["content-length"] = ""
    own = [(name, text) for name, text in headers.items() if name.startswith("x-ms-")]
    own.sort(key=lambda header: (header[0].replace("-", ""), header[0]))
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    parameters = sorted((unquote(name).lower(), unquote(value)) for name, _, value in pairs)
    lines = [
        method,
        *values.values(),
        *(f"{name}:{text}" for name, text in own),
        f"/{account}{path}",
        *(f"{name}:{value}" for name, value in parameters),
    ]
    return "\n".join(lines)
