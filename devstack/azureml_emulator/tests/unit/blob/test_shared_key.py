import base64
from urllib.parse import parse_qsl

import pytest

from devstack.azureml_emulator.blob.sas import InvalidSignature, account_token, check, sign
from devstack.azureml_emulator.blob.shared_key import check_shared_key, string_to_sign

ACCOUNT, KEY = "account", base64.b64encode(b"k" * 64).decode()
HEADERS = {
    "content-length": "5",
    "x-ms-version": "2025-01-05",
    "x-ms-date": "today",
    "range": "bytes=0-4",
}


def test_the_text_that_is_signed_is_that_of_the_storage_service():
    text = string_to_sign("PUT", "/box/a%20b", "timeout=5&comp=block", HEADERS, ACCOUNT)
    assert text == (
        "PUT\n\n\n5\n\n\n\n\n\n\n\nbytes=0-4\nx-ms-date:today\nx-ms-version:2025-01-05\n"
        "/account/box/a%20b\ncomp:block\ntimeout:5"
    )


def test_no_content_counts_as_no_length():
    text = string_to_sign("GET", "/box", "", {"content-length": "0"}, ACCOUNT)
    assert text.startswith("GET\n\n\n\n")


def test_a_signature_is_for_one_request_of_one_account():
    text = string_to_sign("GET", "/box/b", "", HEADERS, ACCOUNT)
    headers = {**HEADERS, "authorization": f"SharedKey {ACCOUNT}:{sign(KEY, text)}"}
    check_shared_key("GET", "/box/b", "", headers, ACCOUNT, KEY)
    for method, path, account in (
        ("PUT", "/box/b", ACCOUNT),
        ("GET", "/box/c", ACCOUNT),
        ("GET", "/box/b", "other"),
    ):
        with pytest.raises(InvalidSignature, match="not the same"):
            check_shared_key(method, path, "", headers, account, KEY)


def test_an_account_signature_opens_blobs_and_containers_of_that_account_alone():
    query = dict(parse_qsl(account_token(ACCOUNT, KEY, 1)))
    check(query, "PUT", ACCOUNT, KEY, "box", "b")
    check(query, "GET", ACCOUNT, KEY, "another", "")
    with pytest.raises(InvalidSignature, match="did not match"):
        check(query, "PUT", "other", KEY, "box", "b")
