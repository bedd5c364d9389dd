"""Signed storage URLs."""

import time

import jwt
import pytest

from devstack.supabase_local.storage.errors import StorageError
from devstack.supabase_local.storage.signing import UrlSigner

SIGNER = UrlSigner("s" * 48)


def test_a_token_opens_its_own_path_and_purpose() -> None:
    token = SIGNER.sign("b/x", 60, purpose="upload", owner="me")
    assert SIGNER.open(token, "b/x", purpose="upload")["owner"] == "me"
    for path, purpose in (("b/y", "upload"), ("b/x", "download")):
        with pytest.raises(StorageError) as caught:
            SIGNER.open(token, path, purpose=purpose)
        assert caught.value.code == "InvalidSignature"


def test_a_token_of_another_key_or_time_opens_nothing() -> None:
    past = {"url": "b/x", "purpose": "download", "exp": int(time.time()) - 1}
    expired = jwt.encode(past, "s" * 48, algorithm="HS256")
    foreign = UrlSigner("o" * 48).sign("b/x", 60, purpose="download")
    endless = jwt.encode({"url": "b/x", "purpose": "download"}, "s" * 48, algorithm="HS256")
    for token in (expired, foreign, endless, "", "a.b.c"):
        with pytest.raises(StorageError) as caught:
            SIGNER.open(token, "b/x", purpose="download")
        assert caught.value.code == "InvalidJWT"
