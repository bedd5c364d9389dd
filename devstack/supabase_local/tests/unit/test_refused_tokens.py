"""What a token that does not hold is told: cases of PostgREST's AuthSpec."""

import time
from pathlib import Path
from typing import Any

import pytest

from devstack.supabase_local.access import Access, AccessDeniedError
from devstack.supabase_local.keys import load_or_create_keys

AUDIENCE = "The JWT 'aud' claim must be a string or an array of strings"


@pytest.fixture(scope="module")
def access(tmp_path_factory: pytest.TempPathFactory) -> Access:
    return Access(load_or_create_keys(Path(tmp_path_factory.mktemp("keys")) / "keys.json"))


def signed(access: Access, **claims: Any) -> str:
    sound = {"aud": "authenticated", "sub": "x", "role": "authenticated"}
    return access.keys.key_ring.sign({**sound, "exp": int(time.time()) + 60, **claims})


def refusal(access: Access, authorization: str) -> tuple[str | None, str]:
    headers = {"apikey": access.keys.publishable, "authorization": authorization}
    with pytest.raises(AccessDeniedError) as caught:
        access.caller(headers)
    return caught.value.code, caught.value.message


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"exp": 1446678149}, "JWT expired"),
        ({"nbf": 9999999999}, "JWT not yet valid"),
        ({"aud": "others"}, "JWT not in audience"),
        ({"exp": "x"}, "The JWT 'exp' claim must be a number"),
        ({"nbf": "x"}, "The JWT 'nbf' claim must be a number"),
        ({"iat": "x"}, "The JWT 'iat' claim must be a number"),
        ({"aud": {"a": "b"}}, AUDIENCE),
        ({"aud": [{"a": "b"}, "authenticated"]}, AUDIENCE),
    ],
)
def test_a_claim_is_refused_by_its_name(
    access: Access, claims: dict[str, Any], message: str
) -> None:
    token = signed(access, **claims)
    assert refusal(access, f"Bearer {token}") == ("PGRST303", message)


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        ("Bearer", "Empty JWT is sent in Authorization header"),
        ("bearer ", "Empty JWT is sent in Authorization header"),
        ("Bearer one.two", "Expected 3 parts in JWT; got 2"),
    ],
)
def test_what_is_no_token_is_told_so(access: Access, authorization: str, message: str) -> None:
    assert refusal(access, authorization) == ("PGRST301", message)


def test_a_sound_token_passes(access: Access) -> None:
    headers = {"apikey": access.keys.publishable, "authorization": f"Bearer {signed(access)}"}
    assert access.caller(headers).user_id == "x"
