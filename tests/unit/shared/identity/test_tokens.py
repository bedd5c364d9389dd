"""What is refused, or let in, without asking anybody for a key."""

import time
import uuid

import jwt
import pytest

from shared.config import Settings
from shared.errors.requests import Unauthenticated
from shared.identity.tokens import TokenVerifier

SECRET = "a-legacy-secret-of-the-project-" * 3
URL = "https://ref.supabase.co"


def verifier(secret: str | None) -> TokenVerifier:
    known = {
        "supabase_url": URL,
        "supabase_anon_key": "p",
        "supabase_service_key": "s",
        "supabase_jwt_secret": secret,
        "azure_subscription_id": "none",
        "azure_resource_group": "none",
        "azure_workspace_name": "none",
    }
    return TokenVerifier(Settings.model_validate(known))


def legacy_token(secret: str = SECRET, algorithm: str = "HS256", **changed: object) -> str:
    claims = {
        "sub": str(uuid.uuid4()),
        "aud": "authenticated",
        "role": "authenticated",
        "iss": f"{URL}/auth/v1",
        "exp": int(time.time()) + 60,
        **changed,
    }
    return jwt.encode(claims, secret, algorithm)


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b", "Bearer a.b.c.d", "Bearer a b.c.d",
     "Bearer sb_publishable_abc", "a.b.c", "Bearer \x00.b.c", "Bearer a.b.c\nX: y", "Bearer é.b.c"],
)  # fmt: skip
def test_a_header_that_is_no_bearer_token_is_refused(header: str | None) -> None:
    with pytest.raises(Unauthenticated) as refused:
        verifier(None).verify(header)
    assert "Authorization: Bearer" in refused.value.fix


def test_a_legacy_secret_counts_only_where_it_is_set() -> None:
    user_id = str(uuid.uuid4())
    token = f"Bearer {legacy_token(sub=user_id)}"
    assert verifier(SECRET).verify(token).user_id == user_id
    with pytest.raises(Unauthenticated):
        verifier(None).verify(token)


@pytest.mark.parametrize(
    "token",
    [
        legacy_token(secret=SECRET[::-1]),
        legacy_token(algorithm="HS512"),
        legacy_token(role="service_role"),
        legacy_token(role="anon"),
        legacy_token(exp=int(time.time()) - 60),
        legacy_token(iss="https://other.supabase.co/auth/v1"),
    ],
    ids=["other secret", "HS512", "service role", "anon", "expired", "other project"],
)
def test_a_legacy_token_is_held_to_the_same_claims(token: str) -> None:
    with pytest.raises(Unauthenticated):
        verifier(SECRET).verify(f"Bearer {token}")
