"""The ring of signing keys."""

import time
from typing import Any

import jwt
import pytest

from devstack.supabase_local.auth.signing import KeyRing, new_key_ring


def claims(**more: Any) -> dict[str, Any]:
    return {
        "sub": "somebody",
        "role": "authenticated",
        "aud": "authenticated",
        "exp": int(time.time()) + 60,
        **more,
    }


def test_a_token_is_believed_until_its_key_is_rotated_out() -> None:
    ring = new_key_ring()
    token = ring.sign(claims())
    assert ring.verify(token)["sub"] == "somebody"
    assert ring.rotated().verify(token)["sub"] == "somebody"
    with pytest.raises(jwt.InvalidTokenError):
        ring.rotated().rotated().verify(token)


def test_the_next_key_is_published_before_it_signs() -> None:
    ring = new_key_ring()
    published = {key["kid"] for key in ring.published()}
    token = ring.rotated().sign(claims())
    assert jwt.get_unverified_header(token)["kid"] in published
    assert ring.verify(token)


def test_private_halves_are_never_published_but_survive_storage() -> None:
    ring = new_key_ring().rotated()
    assert all("d" not in key and key["use"] == "sig" for key in ring.published())
    again = KeyRing.model_validate_json(ring.model_dump_json())
    assert ring.verify(again.sign(claims()))


@pytest.mark.parametrize(
    "wrong",
    [{"exp": 1}, {"aud": "somebody else"}, {"role": None}, {"sub": None}, {"exp": None}],
)
def test_a_token_with_wrong_or_missing_claims_is_refused(wrong: dict[str, Any]) -> None:
    ring = new_key_ring()
    given = {name: value for name, value in claims(**wrong).items() if value is not None}
    with pytest.raises(jwt.InvalidTokenError):
        ring.verify(ring.sign(given))
