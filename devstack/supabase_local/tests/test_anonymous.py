"""Signing in without an account, and getting one later."""

from typing import Any
from uuid import uuid4

import jwt
import pytest
from supabase_auth.errors import AuthApiError

from devstack.supabase_local.tests.support.project import (
    PASSWORD,
    LocalSupabase,
    client,
    open_folder,
    running,
)
from supabase import Client

Row = dict[str, Any]


def claims(own: Client) -> Row:
    session = own.auth.get_session()
    assert session is not None
    return jwt.decode(session.access_token, options={"verify_signature": False})


def test_an_anonymous_user_is_authenticated_and_says_so(facts: Row) -> None:
    own = client(facts)
    user = own.auth.sign_in_anonymously({"options": {"data": {"theme": "dark"}}}).user
    assert user is not None
    assert (user.is_anonymous, user.email, user.identities) == (True, "", [])
    assert user.user_metadata == {"theme": "dark"}
    assert claims(own)["is_anonymous"] is True
    assert claims(own)["amr"][0]["method"] == "anonymous"
    shop = own.table("shops").insert({"user_id": user.id, "name": "mine"}).execute().data[0]
    assert own.table("shops").select("id").execute().data == [{"id": shop["id"]}]


def test_an_anonymous_user_becomes_permanent_with_an_email_and_keeps_the_id(facts: Row) -> None:
    own, email = client(facts), f"{uuid4().hex}@example.org"
    before = own.auth.sign_in_anonymously().user
    with pytest.raises(AuthApiError) as caught:
        own.auth.update_user({"password": PASSWORD})
    assert caught.value.code == "validation_failed"
    own.auth.update_user({"email": email})
    own.auth.update_user({"password": PASSWORD})
    own.auth.refresh_session()
    assert claims(own)["amr"][0]["method"] == "anonymous"
    other = client(facts)
    after = other.auth.sign_in_with_password({"email": email, "password": PASSWORD}).user
    assert before is not None
    assert after is not None
    assert (after.id, after.is_anonymous) == (before.id, False)
    assert claims(other)["is_anonymous"] is False


def test_anonymous_sign_ins_can_be_disabled() -> None:
    with open_folder() as folder:
        refusing = LocalSupabase(folder / "state", options=("--no-anonymous-sign-ins",))
        with running(refusing) as facts, pytest.raises(AuthApiError) as caught:
            client(facts).auth.sign_in_anonymously()
    assert (caught.value.status, caught.value.code) == (422, "anonymous_provider_disabled")
