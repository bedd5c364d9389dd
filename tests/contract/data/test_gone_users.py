"""A token that outlives its user: refused with the next request, whatever it says of itself."""

import json
from typing import Any

import httpx
import psycopg
import pytest

from shared.adapters.supabase.user_data import SupabaseUserData
from shared.domain.deployment import DeploymentQuery
from shared.errors.requests import SignedOut
from tests.support.data import Database, Person, Project, refused


def admin(project: Project, method: str, path: str, **options: Any) -> None:
    key = project.facts["secret_key"]
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    reply = httpx.request(method, f"{project.url}/auth/v1/{path}", headers=headers, **options)
    assert reply.is_success, reply.text


def delete(project: Project, person: Person) -> None:
    admin(project, "DELETE", f"admin/users/{person.id}")


def ban(project: Project, person: Person) -> None:
    admin(project, "PUT", f"admin/users/{person.id}", json={"ban_duration": "24h"})


def sign_out(project: Project, person: Person) -> None:
    headers = {
        "apikey": project.facts["publishable_key"],
        "Authorization": f"Bearer {person.token}",
    }
    reply = httpx.post(f"{project.url}/auth/v1/logout?scope=global", headers=headers)
    assert reply.is_success, reply.text


@pytest.mark.parametrize("leave", [delete, ban, sign_out])
def test_who_is_gone_is_refused_at_once(project: Project, ada: Person, leave: Any) -> None:
    data = SupabaseUserData(project.settings, ada.principal)
    data.count_request()
    leave(project, ada)
    for ask in (data.count_request, data.limits, lambda: data.deployments(DeploymentQuery())):
        with pytest.raises(SignedOut) as failure:
            ask()
        assert failure.value.status == 401


@pytest.mark.parametrize("leave", [delete, ban, sign_out])
def test_who_is_gone_reads_no_row_and_no_file_of_theirs(
    project: Project, ada: Person, leave: Any
) -> None:
    headers = {"apikey": project.facts["publishable_key"], "Authorization": f"Bearer {ada.token}"}
    path = f"storage/v1/object/models/{ada.id}/m.joblib"
    with httpx.Client(base_url=project.url, headers=headers) as client:
        assert client.post(path, content=b"model").is_success
        assert len(client.get("rest/v1/trained_models").json()) == 1
        assert client.get(path).content == b"model"
        leave(project, ada)
        assert client.get("rest/v1/trained_models").json() == []
        assert client.get(path).status_code == 400
        assert client.post(f"{path}2", content=b"model").status_code == 400
        written = client.patch(
            f"rest/v1/trained_models?id=eq.{ada.model_id}", json={"model_name": "mine"}
        )
        assert (written.status_code, written.json()["message"]) == (400, "not_signed_in")


def test_a_ban_ends(project: Project, ada: Person) -> None:
    ban(project, ada)
    project.database.run(
        "update auth.users set banned_until = now() - interval '1 second' where id = %s", ada.id
    )
    SupabaseUserData(project.settings, ada.principal).count_request()


def test_an_anonymous_user_is_let_in_only_where_the_setting_says_so(database: Database) -> None:
    user = database.new_user()
    with database.connect() as connection:
        claims = json.dumps({"role": "authenticated", "sub": user, "is_anonymous": True})
        connection.execute(
            "select set_config('request.jwt.claims', %s, false),"
            " set_config('role', 'authenticated', false)",
            (claims,),
        )
        with pytest.raises(psycopg.errors.RaiseException) as failure:
            connection.execute("select public.count_request()")
        assert refused(failure.value)[0] == "anonymous_refused"
        database.run("update slipway.deployment_limits set allow_anonymous = true")
        try:
            connection.execute("select public.count_request()")
        finally:
            database.run("update slipway.deployment_limits set allow_anonymous = false")


def test_an_anonymous_user_uploads_only_where_the_setting_says_so(project: Project) -> None:
    headers = {"apikey": project.facts["publishable_key"]}
    with httpx.Client(base_url=project.url, headers=headers) as client:
        session = client.post("auth/v1/signup", json={"data": {}}).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {session['access_token']}"
        path = f"storage/v1/object/models/{session['user']['id']}/m.joblib"
        assert client.post(path, content=b"model").status_code == 400
        limits = "update slipway.deployment_limits set allow_anonymous = "
        project.database.run(limits + "true")
        try:
            assert client.post(path, content=b"model").status_code == 200
        finally:
            project.database.run(limits + "false")
        assert client.get(path).status_code == 400
