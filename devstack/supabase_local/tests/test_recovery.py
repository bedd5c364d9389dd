"""The link in the mail to whoever forgot a password: whom it signs in, and until when."""

from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest

from devstack.supabase_local.tests.support.auth import Auth
from devstack.supabase_local.tests.support.project import HTTP, client, new_person

Row = dict[str, Any]
BACK = "http://127.0.0.1:7070/"


@pytest.fixture
def auth(facts: Row) -> Auth:
    return Auth(facts)


def mailed_links(auth: Auth, user: Row, back: str = BACK) -> list[str]:
    """Asks for a mail; the links of all that were sent to the user."""
    assert auth.ask(f"POST /recover?redirect_to={back}", {"email": user["email"]}).json() == {}
    mails = HTTP.get(f"{auth.keys['url']}/_control/mails").json()
    return [mail["link"] for mail in mails if mail["to"] == user["email"]]


def told(link: str) -> Row:
    """What stands behind the # where the link leads."""
    return dict(httpx.QueryParams(HTTP.get(link).headers["location"].partition("#")[2]))


def test_the_link_is_for_recovery_alone(auth: Auth) -> None:
    [link] = mailed_links(auth, auth.sign_up()["user"])
    assert told(link.replace("type=recovery", "type=signup"))["error_code"] == "otp_expired"
    session = told(link)
    again = auth.refresh(session["refresh_token"]).json()
    for token in (session["access_token"], again["access_token"]):
        [proof] = jwt.decode(token, options={"verify_signature": False})["amr"]
        assert proof["method"] == "otp"


def test_a_banned_user_is_told_so(auth: Auth) -> None:
    user = auth.sign_up()["user"]
    [link] = mailed_links(auth, user)
    auth.ask(f"PUT /admin/users/{user['id']}", {"ban_duration": "1h"})
    assert told(link) == {
        "error": "access_denied",
        "error_code": "user_banned",
        "error_description": "User is banned",
    }


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("PUT", {"password": "another-1"}),
        ("PUT", {"email": "{id}@new.example.org"}),
        ("DELETE", {}),
        ("DELETE", {"should_soft_delete": True}),
    ],
)
def test_the_link_goes_with_the_account_that_it_was_sent_for(
    auth: Auth, method: str, body: Row
) -> None:
    user = auth.sign_up()["user"]
    [link] = mailed_links(auth, user)
    if "email" in body:
        body = {"email": body["email"].format(id=user["id"])}
    assert auth.ask(f"{method} /admin/users/{user['id']}", body).status_code == 200
    assert told(link)["error_code"] == "otp_expired"


def test_a_link_that_says_nothing_else_leads_to_the_site(auth: Auth) -> None:
    [link] = mailed_links(auth, auth.sign_up()["user"], back="")
    assert HTTP.get(link).headers["location"].startswith("http://127.0.0.1:3000#access_token=")


def test_the_newest_link_alone_works(auth: Auth) -> None:
    user = auth.sign_up()["user"]
    mailed_links(auth, user)
    first, second = mailed_links(auth, user)
    assert told(first)["error_code"] == "otp_expired"
    assert "access_token" in told(second)


def test_the_link_confirms_the_address(auth: Auth) -> None:
    own = auth.sign_up()["user"]
    body = {"email": f"unconfirmed-{own['email']}", "password": "secret-1"}
    user = auth.ask("POST /admin/users", body).json()
    assert auth.sign_in(user["email"]).json()["error_code"] == "email_not_confirmed"
    [link] = mailed_links(auth, user)
    assert "access_token" in told(link)
    assert auth.sign_in(user["email"]).status_code == 200


def test_a_forgotten_password_is_reset_by_the_link_of_the_mail(facts: Row) -> None:
    person, back = new_person(facts), "http://127.0.0.1:7070/new-password/"
    recover = f"{facts['url']}/auth/v1/recover?redirect_to={back}"
    key = {"apikey": facts["publishable_key"]}
    for email in (person.email, f"{uuid4().hex}@example.com"):
        reply = HTTP.post(recover, headers=key, json={"email": email})
        assert (reply.status_code, reply.json()) == (200, {})
    link = next(
        mail["link"]
        for mail in HTTP.get(f"{facts['url']}/_control/mails").json()
        if mail["to"] == person.email
    )
    place, _, fragment = HTTP.get(link).headers["location"].partition("#")
    told = dict(httpx.QueryParams(fragment))
    assert place == back
    assert told["type"] == "recovery"
    changed = HTTP.put(
        f"{facts['url']}/auth/v1/user",
        headers={**key, "Authorization": f"Bearer {told['access_token']}"},
        json={"password": "another one 2"},
    )
    assert changed.status_code == 200
    client(facts).auth.sign_in_with_password({"email": person.email, "password": "another one 2"})
    assert "otp_expired" in HTTP.get(link).headers["location"]


def test_the_link_of_a_mail_leads_to_this_machine_only(facts: Row) -> None:
    person = new_person(facts)
    reply = HTTP.post(
        f"{facts['url']}/auth/v1/recover?redirect_to=https://example.org/",
        headers={"apikey": facts["publishable_key"]},
        json={"email": person.email},
    )
    assert reply.status_code == 400
