import base64
import datetime as dt
from urllib.parse import parse_qsl

import pytest
from azure.storage.blob import generate_blob_sas, generate_container_sas
from hypothesis import given, settings
from hypothesis import strategies as st

from devstack.azureml_emulator.blob.sas import InvalidSignature, check, container_token

ACCOUNT = "account"
KEY = base64.b64encode(b"k" * 64).decode()
HOUR = dt.timedelta(hours=1)


def fields(token: str) -> dict[str, str]:
    return dict(parse_qsl(token))


def allow(query: dict[str, str], method: str = "GET", container: str = "box", blob: str = "b"):
    check(query, method, ACCOUNT, KEY, container, blob)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_an_uploads_token_allows_reading_and_writing_in_its_container(method):
    allow(fields(container_token(ACCOUNT, KEY, "box")), method)


def test_an_uploads_token_does_not_allow_deleting():
    with pytest.raises(InvalidSignature, match="does not allow DELETE"):
        allow(fields(container_token(ACCOUNT, KEY, "box")), "DELETE")


def test_it_is_worthless_for_another_container_or_key():
    query = fields(container_token(ACCOUNT, KEY, "box"))
    with pytest.raises(InvalidSignature, match="did not match"):
        allow(query, container="other")
    other_key = base64.b64encode(b"x" * 64).decode()
    with pytest.raises(InvalidSignature, match="did not match"):
        check(query, "GET", ACCOUNT, other_key, "box", "b")


def test_an_expired_token_is_refused():
    query = fields(container_token(ACCOUNT, KEY, "box", lifetime=-HOUR))
    with pytest.raises(InvalidSignature, match="time frame"):
        allow(query)


@settings(max_examples=30)
@given(st.sampled_from(["sp", "st", "se", "sv", "sig"]), st.text(min_size=1, max_size=5))
def test_any_change_breaks_the_signature(name, text):
    query = fields(container_token(ACCOUNT, KEY, "box"))
    with pytest.raises(InvalidSignature):
        allow({**query, name: query[name] + text})


def test_signatures_of_the_real_sdk_are_understood():
    expiry = dt.datetime.now(dt.UTC) + HOUR
    whole = generate_container_sas(ACCOUNT, "box", account_key=KEY, permission="rl", expiry=expiry)
    allow(fields(whole))
    one = fields(
        generate_blob_sas(ACCOUNT, "box", "dir/b", account_key=KEY, permission="r", expiry=expiry)
    )
    allow(one, blob="dir/b")
    with pytest.raises(InvalidSignature, match="did not match"):
        allow(one, blob="dir/c")
    with pytest.raises(InvalidSignature, match="does not allow PUT"):
        allow(one, "PUT", blob="dir/b")
