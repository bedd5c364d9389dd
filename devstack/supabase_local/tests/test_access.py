"""Who may see and do what: API keys, user tokens, row level security."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from postgrest.exceptions import APIError

from devstack.supabase_local.tests.support.project import HTTP, Person, client
from supabase import Client

Row = dict[str, Any]


def test_owners_see_their_rows_and_nobody_elses(alice: Person, bob: Person, shop: Row) -> None:
    ids = [row["id"] for row in alice.client.table("shops").select("id").execute().data]
    assert ids == [shop["id"]]
    assert bob.client.table("shops").select("id").execute().data == []
    assert bob.client.table("orders").select("id").execute().data == []
    assert bob.client.table("shop_names").select("id").execute().data == []
    embedded = bob.client.table("products").select("shops(name)").eq("shop_id", shop["id"])
    assert embedded.limit(1).execute().data == [{"shops": None}]
    counted = bob.client.table("shops").select("id", count="exact").execute()
    assert counted.count == 0


def test_others_cannot_change_remove_or_plant_rows(alice: Person, bob: Person, shop: Row) -> None:
    shops = bob.client.table("shops")
    assert shops.update({"name": "stolen"}).eq("id", shop["id"]).execute().data == []
    assert shops.delete().eq("id", shop["id"]).execute().data == []
    for row in (
        {"user_id": alice.id, "name": "planted"},
        {"id": shop["id"], "user_id": bob.id, "name": "x"},
    ):
        with pytest.raises(APIError) as caught:
            shops.upsert(row).execute()
        assert caught.value.code == "42501"
    kept = alice.client.table("shops").select("name").eq("id", shop["id"]).single().execute()
    assert kept.data == {"name": shop["name"]}


def test_the_secret_key_sees_everything_and_the_publishable_key_what_anon_was_granted(
    service: Any, anonymous: Client, alice: Person, bob: Person, shop: Row
) -> None:
    owners = {row["user_id"] for row in service.table("shops").select("user_id").execute().data}
    assert alice.id in owners
    anonymous.table("products").select("name").limit(1).execute()
    with pytest.raises(APIError) as caught:
        anonymous.table("shops").select("*").execute()
    assert caught.value.code == "42501"


def test_a_missing_right_is_401_for_anonymous_and_403_for_users(facts: Row, alice: Person) -> None:
    path, key = f"{facts['url']}/rest/v1/secrets", {"apikey": facts["publishable_key"]}
    assert HTTP.get(path, headers=key).status_code == 401
    token = {"Authorization": f"Bearer {alice.token}"}
    assert HTTP.get(path, headers={**key, **token}).status_code == 403


def test_the_users_token_counts_even_beside_the_secret_key(
    facts: Row, alice: Person, bob: Person, shop: Row
) -> None:
    headers = {"apikey": facts["secret_key"], "Authorization": f"Bearer {bob.token}"}
    answer = HTTP.get(f"{facts['url']}/rest/v1/shops?id=eq.{shop['id']}", headers=headers)
    assert answer.json() == []


def test_the_older_kind_of_keys_works_as_well(facts: Row, alice: Person, shop: Row) -> None:
    shops = client(facts, "service_role_key").table("shops").select("id").eq("id", shop["id"])
    assert shops.execute().data == [{"id": shop["id"]}]
    with pytest.raises(APIError) as caught:
        client(facts, "anon_key").table("shops").select("id").execute()
    assert caught.value.code == "42501"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"apikey": ""},
        {"apikey": "sb_secret_wrong"},
        {"apikey": "{publishable}", "Authorization": "Bearer sb_secret_wrong"},
        {"apikey": "{publishable}", "Authorization": "Bearer {secret}"},
        {"Authorization": "Bearer {secret}"},
    ],
)
@pytest.mark.parametrize(
    "path", ["/rest/v1/tags", "/storage/v1/bucket", "/auth/v1/settings", "/auth/v1/admin/users"]
)
def test_without_a_right_key_every_service_answers_401(facts: Row, path: str, headers: Row) -> None:
    sent = {
        name: value.replace("{publishable}", facts["publishable_key"]).replace(
            "{secret}", facts["secret_key"]
        )
        for name, value in headers.items()
    }
    answer = HTTP.get(f"{facts['url']}{path}", headers=sent)
    assert answer.status_code == 401
    assert answer.json()["message"]


def _part(value: Row | bytes) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _with_hmac(claims: Row, kid: str, secret: str) -> str:
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{_part(claims)}"
    return f"{signed}.{_part(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def _forgeries(facts: Row, token: str) -> dict[str, Callable[[], str]]:
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    raised = {**claims, "role": "service_role"}
    published = HTTP.get(facts["jwks_url"]).json()["keys"]
    public = next(key for key in published if key["kid"] == header["kid"])
    stranger = ec.generate_private_key(ec.SECP256R1())
    head, body, signature = token.split(".")
    return {
        "no algorithm": lambda: f"{_part({'alg': 'none', 'kid': header['kid']})}.{_part(raised)}.",
        "HMAC with the public key as its secret": lambda: _with_hmac(
            raised, header["kid"], json.dumps(public)
        ),
        "another's key under our name": lambda: jwt.encode(
            raised, stranger, algorithm="ES256", headers={"kid": header["kid"]}
        ),
        "another's key in the header": lambda: jwt.encode(
            raised,
            stranger,
            algorithm="ES256",
            headers={"kid": "x", "jwk": ECAlgorithm.to_jwk(stranger.public_key(), as_dict=True)},
        ),
        "a raised role under the old signature": lambda: f"{head}.{_part(raised)}.{signature}",
        "no signature": lambda: f"{head}.{body}.",
        "no kid": lambda: jwt.encode(raised, stranger, algorithm="ES256"),
        "rubbish": lambda: "not.a.token",
        "a legacy key's form": lambda: jwt.encode(raised, "x" * 32, algorithm="HS256"),
    }


@pytest.mark.parametrize(
    "forgery",
    [
        "no algorithm",
        "HMAC with the public key as its secret",
        "another's key under our name",
        "another's key in the header",
        "a raised role under the old signature",
        "no signature",
        "no kid",
        "rubbish",
        "a legacy key's form",
    ],
)
def test_a_forged_token_is_refused_everywhere(facts: Row, alice: Person, forgery: str) -> None:
    token = _forgeries(facts, alice.token)[forgery]()
    headers = {"apikey": facts["publishable_key"], "Authorization": f"Bearer {token}"}
    rest = HTTP.get(f"{facts['url']}/rest/v1/tags", headers=headers)
    assert (rest.status_code, rest.json()["code"]) == (401, "PGRST301")
    said = f'Bearer error="invalid_token", error_description="{rest.json()["message"]}"'
    assert rest.headers["www-authenticate"] == said
    storage = HTTP.get(f"{facts['url']}/storage/v1/bucket", headers=headers)
    assert storage.json()["statusCode"] == "403"
    auth = HTTP.get(f"{facts['url']}/auth/v1/user", headers=headers)
    assert (auth.status_code, auth.json()["error_code"]) == (403, "bad_jwt")


def test_an_admin_cannot_make_a_user_a_service_role(service_admin: Client, alice: Person) -> None:
    service_admin.auth.admin.update_user_by_id(alice.id, {"role": "service_role"})
    alice.client.auth.refresh_session()
    with pytest.raises(APIError) as caught:
        alice.client.table("shops").select("*").execute()
    assert caught.value.code == "PGRST303"


@pytest.fixture
def service_admin(facts: Row) -> Client:
    return client(facts, "secret_key")


def test_claims_carry_what_verifiers_need(facts: Row, alice: Person) -> None:
    key = jwt.PyJWKClient(facts["jwks_url"]).get_signing_key_from_jwt(alice.token)
    claims = jwt.decode(
        alice.token,
        key,
        algorithms=["ES256"],
        audience="authenticated",
        issuer=f"{facts['url']}/auth/v1",
        options={"require": ["exp", "sub", "aud", "iss", "iat"]},
    )
    assert claims["sub"] == alice.id
    assert claims["role"] == "authenticated"
    assert claims["aal"] == "aal1"
    assert claims["is_anonymous"] is False
    assert claims["email"] == alice.email
    assert claims["session_id"]
    assert 3500 < claims["exp"] - time.time() <= 3600
