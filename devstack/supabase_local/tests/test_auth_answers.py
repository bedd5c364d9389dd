"""What the auth service answers, case by case, as the hosted one's own tests have it."""

from typing import Any
from uuid import uuid4

import jwt
import pytest
from argon2 import PasswordHasher

from devstack.supabase_local.auth.errors import DATED_VERSION, VERSION_HEADER
from devstack.supabase_local.tests.support.auth import PASSWORD, REFRESH, SIGN_IN, SIGN_UP, Auth
from devstack.supabase_local.tests.support.project import HTTP

Row = dict[str, Any]
NOBODY = "00000000-0000-4000-8000-000000000000"
BCRYPT = "$2y$10$SXEz2HeT8PUIGQXo9yeUIem8KzNxgG0d7o/.eGj2rj8KbRgAuRVlq"
BOTH = {"email": "a@example.org", "phone": "1234567", "password": PASSWORD}
NEW = {"email": "never@example.org"}
LIST, CREATE = "GET /admin/users", "POST /admin/users"
REFUSED: list[tuple[str, Any, int, str]] = [
    (SIGN_UP, b"", 400, "bad_json"),
    (SIGN_UP, {"email": 5}, 400, "bad_json"),
    (SIGN_UP, NEW, 400, "validation_failed"),
    (SIGN_UP, BOTH, 400, "validation_failed"),
    (SIGN_UP, {"phone": "1234567", "password": PASSWORD}, 501, "not_implemented"),
    (SIGN_UP, b'{"email": "\\ud800@b.c", "password": "secret-1"}', 400, "bad_json"),
    (SIGN_IN, {}, 400, "validation_failed"),
    (SIGN_IN, BOTH, 400, "validation_failed"),
    (SIGN_IN, {"phone": "1234567", "password": PASSWORD}, 501, "not_implemented"),
    (SIGN_IN, {"email": "no address", "password": PASSWORD}, 400, "invalid_credentials"),
    (REFRESH, {"refresh_token": "nobody's"}, 400, "refresh_token_not_found"),
    ("POST /recover", {**NEW, "code_challenge": "x" * 43}, 501, "not_implemented"),
    ("POST /verify", {}, 501, "not_implemented"),
    ("POST /oauth/token", {}, 501, "not_implemented"),
    (f"GET /admin/users/{NOBODY}/factors", None, 501, "not_implemented"),
    (f"{LIST}?sort=email+asc", None, 400, "validation_failed"),
    (f"{LIST}?sort=created_at+sideways", None, 400, "validation_failed"),
    (f"{LIST}?page=many", None, 400, "validation_failed"),
    (f"{LIST}?per_page=-1", None, 400, "validation_failed"),
    (f"{LIST}?per_page=0", None, 400, "validation_failed"),
    (f"{LIST}?per_page=1001", None, 501, "not_implemented"),
    (CREATE, {"password": PASSWORD}, 400, "validation_failed"),
    (CREATE, {**NEW, "password": "1"}, 422, "weak_password"),
    (CREATE, {**NEW, "password": PASSWORD, "password_hash": "x"}, 400, "validation_failed"),
    (CREATE, {**NEW, "password_hash": BCRYPT}, 501, "not_implemented"),
    (CREATE, {**NEW, "password_hash": "$argon2id$broken"}, 400, "validation_failed"),
    (CREATE, {**NEW, "phone": "1234567"}, 501, "not_implemented"),
    (CREATE, {**NEW, "phone_confirm": True}, 501, "not_implemented"),
    (CREATE, {**NEW, "aud": "elsewhere"}, 501, "not_implemented"),
    (CREATE, {**NEW, "id": "no uuid"}, 400, "validation_failed"),
    (CREATE, {**NEW, "id": "00000000-0000-0000-0000-000000000000"}, 400, "validation_failed"),
    (CREATE, {**NEW, "ban_duration": "never"}, 400, "validation_failed"),
    ("GET /admin/users/no-uuid", None, 404, "validation_failed"),
    (f"DELETE /admin/users/{NOBODY}", b"{", 400, "bad_json"),
]


@pytest.fixture
def auth(facts: Row) -> Auth:
    return Auth(facts)


@pytest.mark.parametrize(("request_line", "body", "status", "code"), REFUSED)
def test_a_refusal_has_the_hosted_services_status_and_code(
    auth: Auth, request_line: str, body: Any, status: int, code: str
) -> None:
    answer = auth.ask(request_line, body)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code), answer.text


def test_a_client_that_names_an_api_version_gets_its_shape_of_errors(facts: Row) -> None:
    answer = HTTP.post(
        f"{facts['url']}/auth/v1/token?grant_type=password",
        headers={"apikey": facts["publishable_key"], VERSION_HEADER: DATED_VERSION},
        json={"email": "nobody@example.org", "password": PASSWORD},
    )
    assert answer.json() == {"code": "invalid_credentials", "message": "Invalid login credentials"}
    assert answer.headers[VERSION_HEADER] == DATED_VERSION
    assert answer.headers["x-sb-error-code"] == "invalid_credentials"


def test_the_list_of_users_is_filtered_sorted_and_linked(auth: Auth) -> None:
    name = uuid4().hex
    for number in range(3):
        auth.sign_up(full_name=f"Zebra {name} {number}")

    def names(query: str) -> list[str]:
        users = auth.ask(f"{LIST}?filter={name.upper()}&{query}").json()["users"]
        return [user["user_metadata"]["full_name"][-1] for user in users]

    assert names("sort=created_at+asc") == ["0", "1", "2"]
    assert names("") == names("sort=created_at+desc") == ["2", "1", "0"]
    assert names("per_page=2&page=2") == ["0"]
    page = auth.ask(f"{LIST}?filter={name}&per_page=2")
    address = f"</admin/users?filter={name}&page=2&per_page=2>"
    assert page.headers["link"] == f'{address}; rel="next", {address}; rel="last"'
    assert page.headers["x-total-count"] == "3"
    beyond = auth.ask(f"{LIST}?filter={name}&per_page=2&page=9")
    assert (beyond.json()["users"], beyond.headers["x-total-count"]) == ([], "3")
    assert auth.ask(f"{LIST}?filter=%25{name}").json()["users"] == []


def test_a_user_made_with_an_argon2_hash_signs_in_with_its_password(auth: Auth) -> None:
    email = f"{uuid4().hex}@example.org"
    stored = PasswordHasher(time_cost=2, memory_cost=1024, parallelism=1).hash("from elsewhere")
    made = auth.ask(CREATE, {"email": email, "password_hash": stored, "email_confirm": True})
    assert made.status_code == 200
    assert auth.sign_in(email, "from elsewhere").status_code == 200


def test_a_lost_refresh_token_is_given_again_however_late(auth: Auth, database: Any) -> None:
    first = auth.sign_up()
    second = auth.refresh(first["refresh_token"]).json()
    database.execute(
        "update auth.refresh_tokens set revoked_at = revoked_at - interval '1 hour'"
        " where user_id = %s",
        (first["user"]["id"],),
    )
    again = auth.refresh(first["refresh_token"]).json()
    assert again["refresh_token"] == second["refresh_token"] != first["refresh_token"]


def test_a_new_password_ends_the_other_sessions(auth: Auth) -> None:
    own = auth.sign_up()
    other = auth.sign_in(own["user"]["email"]).json()
    changed = auth.ask("PUT /user", {"password": "another-1"}, own["access_token"])
    assert changed.status_code == 200
    assert auth.refresh(own["refresh_token"]).status_code == 200
    assert auth.refresh(other["refresh_token"]).status_code == 400
    auth.ask(f"PUT /admin/users/{own['user']['id']}", {"password": "another-2"})
    assert auth.ask("GET /user", token=own["access_token"]).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"app_metadata": {"role": "admin"}, "data": {"a": 1}}, 403, "not_admin"),
        ({"phone": "1234567"}, 501, "not_implemented"),
        ({"password": ""}, 422, "weak_password"),
        ({"data": []}, 400, "bad_json"),
        (b"", 400, "bad_json"),
    ],
)
def test_a_refused_change_of_the_own_account_changes_nothing(
    auth: Auth, body: Any, status: int, code: str
) -> None:
    own = auth.sign_up()
    answer = auth.ask("PUT /user", body, own["access_token"])
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    standing = auth.ask("GET /user", token=own["access_token"]).json()
    assert standing["user_metadata"] == own["user"]["user_metadata"]


def test_null_removes_from_the_metadata_that_an_admin_changes(auth: Auth) -> None:
    own = auth.sign_up(a=1, b=2)
    body = {"user_metadata": {"a": None, "c": 3}, "ban_duration": ""}
    changed = auth.ask(f"PUT /admin/users/{own['user']['id']}", body).json()
    kept = {name: value for name, value in own["user"]["user_metadata"].items() if name != "a"}
    assert changed["user_metadata"] == {**kept, "c": 3}


def test_an_admin_makes_an_anonymous_user_permanent_with_a_confirmed_address(auth: Auth) -> None:
    own, email = auth.ask(SIGN_UP, {}).json(), f"{uuid4().hex}@example.org"
    body = {"email": email, "email_confirm": True}
    changed = auth.ask(f"PUT /admin/users/{own['user']['id']}", body).json()
    assert (changed["is_anonymous"], changed["email"]) == (False, email)


def test_a_token_says_when_the_user_signed_in_not_when_it_was_renewed(
    auth: Auth, database: Any
) -> None:
    own = auth.sign_up()
    began = database.execute(
        "update auth.sessions set created_at = now() - interval '1 hour' where user_id = %s"
        " returning created_at",
        (own["user"]["id"],),
    ).fetchone()[0]
    token = auth.refresh(own["refresh_token"]).json()["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["amr"] == [{"method": "password", "timestamp": int(began.timestamp())}]


def test_a_ban_is_told_before_the_password_is_tried_and_costs_no_refresh_token(
    auth: Auth, database: Any
) -> None:
    own = auth.sign_up()
    user = f"PUT /admin/users/{own['user']['id']}"
    auth.ask(user, {"ban_duration": "1h"})
    assert auth.sign_in(own["user"]["email"], "wrong").json()["error_code"] == "user_banned"
    refused = auth.refresh(own["refresh_token"]).json()
    assert (refused["error_code"], refused["msg"]) == (
        "user_banned",
        "Invalid Refresh Token: User Banned",
    )
    auth.ask(user, {"ban_duration": "none"})
    database.execute(
        "update auth.refresh_tokens set revoked_at = now() - interval '1 hour'"
        " where revoked and user_id = %s",
        (own["user"]["id"],),
    )
    assert auth.refresh(own["refresh_token"]).status_code == 200


def test_a_soft_deleted_user_leaves_a_row_that_tells_nothing(auth: Auth, database: Any) -> None:
    own = auth.sign_up(name="somebody")
    user, email = f"/admin/users/{own['user']['id']}", own["user"]["email"]
    assert auth.ask(f"DELETE {user}", {"should_soft_delete": True}).json() == {}
    left = auth.ask(f"GET {user}").json()
    assert left["deleted_at"]
    assert (left["user_metadata"], left["app_metadata"]) == ({}, {})
    assert left["email"] not in ("", email)
    row = database.execute(
        "select encrypted_password, identity_data from auth.users"
        " join auth.identities on user_id = users.id where users.id = %s",
        (own["user"]["id"],),
    ).fetchone()
    assert row == (None, {})
    assert auth.refresh(own["refresh_token"]).status_code == 400
    assert auth.sign_in(email).json()["error_code"] == "invalid_credentials"
    assert auth.ask(SIGN_UP, {"email": email, "password": PASSWORD}).status_code == 200
