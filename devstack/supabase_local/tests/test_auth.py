"""Signing up, in and out with supabase-py, and what nobody can do for himself."""

import signal
from typing import Any
from uuid import uuid4

import httpx
import jwt
import psycopg
import pytest
from supabase_auth.errors import AuthApiError, AuthError, AuthWeakPasswordError

from devstack.supabase_local.tests.support.project import (
    HTTP,
    PASSWORD,
    LocalSupabase,
    Person,
    client,
    eventually,
    new_person,
    open_folder,
    running,
)
from supabase import Client

Row = dict[str, Any]


@pytest.fixture
def admin(facts: Row) -> Client:
    return client(facts, "secret_key")


def error_of(caught: pytest.ExceptionInfo[AuthApiError]) -> tuple[int, str | None]:
    return caught.value.status, caught.value.code


def test_signing_up_signs_in_and_shows_the_user(facts: Row) -> None:
    own, email = client(facts), f"{uuid4().hex}@Example.ORG"
    reply = own.auth.sign_up(
        {"email": email, "password": PASSWORD, "options": {"data": {"nickname": "Al"}}}
    )
    assert reply.session is not None
    assert reply.user is not None
    user = own.auth.get_user().user
    assert (user.email, user.role, user.aud) == (email.lower(), "authenticated", "authenticated")
    assert user.user_metadata == {
        "nickname": "Al",
        "sub": user.id,
        "email": user.email,
        "email_verified": True,
        "phone_verified": False,
    }
    assert user.app_metadata == {"provider": "email", "providers": ["email"]}
    assert user.identities is not None


@pytest.mark.parametrize("email", ["{taken}", "{upper}"])
def test_an_address_signs_up_once(facts: Row, alice: Person, email: str) -> None:
    address = alice.email.upper() if email == "{upper}" else alice.email
    with pytest.raises(AuthApiError) as caught:
        client(facts).auth.sign_up({"email": address, "password": PASSWORD})
    assert error_of(caught) == (422, "user_already_exists")


def test_weak_passwords_and_wrong_addresses_are_refused(facts: Row) -> None:
    own = client(facts)
    with pytest.raises(AuthWeakPasswordError) as weak:
        own.auth.sign_up({"email": "weak@example.org", "password": "12345"})
    assert weak.value.reasons == ["length"]
    with pytest.raises(AuthApiError) as caught:
        own.auth.sign_up({"email": "no address", "password": PASSWORD})
    assert error_of(caught) == (400, "validation_failed")


@pytest.mark.parametrize("who", ["wrong password", "unknown user"])
def test_a_wrong_sign_in_does_not_tell_what_was_wrong(facts: Row, alice: Person, who: str) -> None:
    email = alice.email if who == "wrong password" else "nobody@example.org"
    with pytest.raises(AuthApiError) as caught:
        client(facts).auth.sign_in_with_password({"email": email, "password": "not-it"})
    assert error_of(caught) == (400, "invalid_credentials")


def test_nobody_raises_his_own_role(facts: Row) -> None:
    raised = {"role": "service_role", "aud": "x"}
    headers = {"apikey": facts["publishable_key"]}
    body = {"email": f"{uuid4().hex}@example.org", "password": PASSWORD, "data": raised, **raised}
    session = HTTP.post(
        f"{facts['url']}/auth/v1/signup",
        json={**body, "app_metadata": {"role": "admin"}},
        headers=headers,
    ).json()
    headers["Authorization"] = f"Bearer {session['access_token']}"
    changed = HTTP.put(
        f"{facts['url']}/auth/v1/user", json={**raised, "data": raised}, headers=headers
    ).json()
    for user in (session["user"], changed):
        assert user["role"] == "authenticated"
        assert user["app_metadata"] == {"provider": "email", "providers": ["email"]}
    claims = jwt.decode(session["access_token"], options={"verify_signature": False})
    assert claims["role"] == "authenticated"
    shops = HTTP.get(f"{facts['url']}/rest/v1/shops", headers=headers)
    assert shops.json() == []


def test_users_change_their_own_address_data_and_password(alice: Person, facts: Row) -> None:
    email = f"{uuid4().hex}@example.org"
    user = alice.client.auth.update_user(
        {"email": email, "password": f"new-{PASSWORD}", "data": {"nickname": "A"}}
    ).user
    assert (user.email, user.user_metadata["nickname"]) == (email, "A")
    client(facts).auth.sign_in_with_password({"email": email, "password": f"new-{PASSWORD}"})
    with pytest.raises(AuthApiError) as caught:
        alice.client.auth.update_user({"password": f"new-{PASSWORD}"})
    assert error_of(caught) == (422, "same_password")


def test_a_refresh_gives_new_tokens_of_the_same_session(alice: Person) -> None:
    before = alice.client.auth.get_session()
    assert before is not None
    after = alice.client.auth.refresh_session().session
    assert after is not None
    assert after.refresh_token != before.refresh_token
    sessions = {
        jwt.decode(one.access_token, options={"verify_signature": False})["session_id"]
        for one in (before, after)
    }
    assert len(sessions) == 1


def test_a_refresh_token_used_again_later_ends_the_whole_session(
    alice: Person, database: psycopg.Connection, facts: Row
) -> None:
    first = alice.client.auth.get_session()
    assert first is not None
    second = alice.client.auth.refresh_session().session
    assert second is not None
    third = alice.client.auth.refresh_session().session
    assert third is not None
    # At once it is a client that lost its replies; that may happen.
    client(facts).auth.refresh_session(first.refresh_token)
    database.execute(
        "update auth.refresh_tokens set revoked_at = revoked_at - interval '1 minute'"
        " where revoked and user_id = %s",
        (alice.id,),
    )
    with pytest.raises(AuthApiError) as caught:
        client(facts).auth.refresh_session(first.refresh_token)
    assert error_of(caught) == (400, "refresh_token_already_used")
    with pytest.raises(AuthApiError) as caught:
        client(facts).auth.refresh_session(third.refresh_token)
    assert error_of(caught) == (400, "refresh_token_not_found")


def test_signing_out_ends_the_session_everywhere(alice: Person, facts: Row) -> None:
    other = client(facts)
    other.auth.sign_in_with_password({"email": alice.email, "password": PASSWORD})
    token = alice.token
    alice.client.auth.sign_out()
    headers = {"apikey": facts["publishable_key"], "Authorization": f"Bearer {token}"}
    answer = HTTP.get(f"{facts['url']}/auth/v1/user", headers=headers)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "session_not_found")
    with pytest.raises(AuthError):
        other.auth.refresh_session()


def test_signing_out_locally_leaves_the_other_sessions(alice: Person, facts: Row) -> None:
    other = client(facts)
    other.auth.sign_in_with_password({"email": alice.email, "password": PASSWORD})
    alice.client.auth.sign_out({"scope": "local"})
    assert other.auth.get_user().user.id == alice.id


def test_passwords_are_kept_as_argon2_hashes_and_refresh_tokens_as_hashes(
    alice: Person, database: psycopg.Connection
) -> None:
    row = database.execute(
        "select encrypted_password from auth.users where id = %s", (alice.id,)
    ).fetchone()
    assert row is not None
    assert row[0].startswith("$argon2id$")
    session = alice.client.auth.get_session()
    assert session is not None
    stored = database.execute("select token_hash from auth.refresh_tokens").fetchall()
    assert session.refresh_token.encode() not in [bytes(one[0]) for one in stored]


def test_an_admin_creates_lists_changes_and_removes_users(admin: Client, facts: Row) -> None:
    email, chosen = f"{uuid4().hex}@example.org", str(uuid4())
    made = admin.auth.admin.create_user(
        {
            "id": chosen,
            "email": email,
            "password": PASSWORD,
            "email_confirm": True,
            "user_metadata": {"a": 1},
            "app_metadata": {"team": "x"},
        }
    ).user
    confirmed = {"a": 1, "email_verified": True}
    assert (made.id, made.user_metadata, made.app_metadata["team"]) == (chosen, confirmed, "x")
    assert chosen in [user.id for user in admin.auth.admin.list_users(page=1, per_page=1000)]
    assert len(admin.auth.admin.list_users(page=1, per_page=1)) == 1
    assert admin.auth.admin.get_user_by_id(chosen).user.email == email
    changed = admin.auth.admin.update_user_by_id(chosen, {"user_metadata": {"b": 2}}).user
    assert changed.user_metadata == {**confirmed, "b": 2}
    with pytest.raises(AuthApiError) as caught:
        admin.auth.admin.create_user({"email": email, "password": PASSWORD})
    assert error_of(caught) == (422, "email_exists")
    client(facts).auth.sign_in_with_password({"email": email, "password": PASSWORD})
    admin.auth.admin.delete_user(chosen)
    with pytest.raises(AuthApiError) as caught:
        admin.auth.admin.get_user_by_id(chosen)
    assert error_of(caught) == (404, "user_not_found")


def test_a_banned_or_unconfirmed_user_cannot_sign_in(
    admin: Client, alice: Person, facts: Row
) -> None:
    admin.auth.admin.update_user_by_id(alice.id, {"ban_duration": "24h"})
    credentials: Any = {"email": alice.email, "password": PASSWORD}
    with pytest.raises(AuthApiError) as caught:
        client(facts).auth.sign_in_with_password(credentials)
    assert caught.value.code == "user_banned"
    with pytest.raises(AuthApiError) as caught:
        alice.client.auth.refresh_session()
    assert caught.value.code == "user_banned"
    admin.auth.admin.update_user_by_id(alice.id, {"ban_duration": "none"})
    client(facts).auth.sign_in_with_password(credentials)
    email = f"{uuid4().hex}@example.org"
    admin.auth.admin.create_user({"email": email, "password": PASSWORD})
    with pytest.raises(AuthApiError) as caught:
        client(facts).auth.sign_in_with_password({"email": email, "password": PASSWORD})
    assert caught.value.code == "email_not_confirmed"


def test_admin_routes_are_for_the_secret_key_only(alice: Person, anonymous: Client) -> None:
    for one in (alice.client, anonymous):
        with pytest.raises(AuthApiError) as caught:
            one.auth.admin.list_users()
        assert error_of(caught) == (403, "not_admin")


def test_a_deleted_users_token_no_longer_names_anybody(admin: Client, alice: Person) -> None:
    admin.auth.admin.delete_user(alice.id)
    with pytest.raises(AuthApiError) as caught:
        alice.client.auth.get_user()
    assert error_of(caught) == (403, "user_not_found")


def test_signing_keys_rotate_twice_before_old_tokens_fail(facts: Row, http: httpx.Client) -> None:
    person = new_person(facts)

    def status() -> int:
        headers = {"apikey": facts["publishable_key"], "Authorization": f"Bearer {person.token}"}
        return HTTP.get(f"{facts['url']}/rest/v1/products?limit=0", headers=headers).status_code

    def kid(token: str) -> str:
        return str(jwt.get_unverified_header(token)["kid"])

    before = [key["kid"] for key in http.get("/auth/v1/.well-known/jwks.json").json()["keys"]]
    assert kid(person.token) == before[0]
    after = [key["kid"] for key in http.post("/auth/v1/admin/jwks/rotate").json()["keys"]]
    assert (after[0], after[2]) == (before[1], before[0])
    assert "d" not in http.get("/auth/v1/.well-known/jwks.json").json()["keys"][0]
    assert kid(new_person(facts).token) == after[0]
    assert status() == 200
    assert person.client.auth.get_claims(person.token) is not None
    http.post("/auth/v1/admin/jwks/rotate")
    assert status() == 401
    assert (
        HTTP.post(
            f"{facts['url']}/auth/v1/admin/jwks/rotate",
            headers={"apikey": facts["publishable_key"]},
        ).status_code
        == 403
    )


def test_an_expired_token_is_told_apart_and_rotated_keys_outlive_a_restart() -> None:
    with open_folder() as folder:
        brief = LocalSupabase(folder / "state", options=("--token-lifetime=1",))
        with running(brief) as facts:
            person = new_person(facts)
            headers = {
                "apikey": facts["publishable_key"],
                "Authorization": f"Bearer {person.token}",
            }

            def expired() -> bool:
                answer = HTTP.get(f"{facts['url']}/rest/v1/products?limit=0", headers=headers)
                return answer.status_code == 401 and answer.json()["code"] == "PGRST303"

            eventually(expired, "the token expires")
            stale = headers["Authorization"].removeprefix("Bearer ")
            assert HTTP.get(f"{facts['url']}/auth/v1/user", headers=headers).status_code == 403
            assert person.token != stale, (
                "the client refreshes with its expired token in the header"
            )
            rotated = HTTP.post(
                f"{facts['url']}/auth/v1/admin/jwks/rotate", headers={"apikey": facts["secret_key"]}
            ).json()
            brief.stop(signal.SIGKILL)
        with running(brief) as again:
            assert HTTP.get(again["jwks_url"]).json() == rotated


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'"x"', b'{"email": 5}', b'{"email": "a\\u0000@b.c", "password": "secret1"}'],
)
def test_a_body_that_is_not_understood_is_a_bad_request(http: httpx.Client, body: bytes) -> None:
    answer = http.post("/auth/v1/signup", content=body)
    assert answer.status_code == 400
    assert answer.json()["error_code"] in ("bad_json", "validation_failed")


def test_health_and_settings_answer(facts: Row, http: httpx.Client) -> None:
    assert HTTP.get(f"{facts['url']}/auth/v1/health").json()["name"] == "GoTrue"
    assert http.get("/auth/v1/settings").json()["external"]["email"] is True
