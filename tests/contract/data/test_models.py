"""A user's models: listed, registered, renamed, removed; what their deployments keep of them."""

import json
import uuid
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from shared.adapters.supabase.records import SupabaseRecords
from shared.adapters.supabase.refusals import ModelInUse, ModelNotFound
from shared.adapters.supabase.user_data import SupabaseUserData
from shared.adapters.supabase.user_models import SupabaseUserModels
from shared.domain.deployment import DeploymentQuery
from shared.domain.trained_model import ModelQuery, RegisterModel, Scan
from shared.errors import ModelRefused
from tests.support.data import Database, Person, Project, refused, request

SCAN = Scan(verdict="allowed", reasons=[], libraries={"numpy": "2"}, sha256="a" * 64, scanner="s1")


@pytest.fixture
def models(project: Project, ada: Person) -> SupabaseUserModels:
    return SupabaseUserModels(project.settings, ada.principal)


@pytest.fixture
def file(project: Project, ada: Person) -> str:
    return stored(project.database, ada.id)


def stored(database: Database, user_id: str, name: str = "m.joblib", size: int = 7) -> str:
    """A file as Storage knows it."""
    path = f"{user_id}/{name}"
    database.run(
        "insert into storage.objects (bucket_id, name, metadata) values ('models', %s, %s)",
        path,
        Jsonb({"eTag": f'"{name}"', "size": size}),
    )
    return path


def test_a_file_that_is_there_becomes_a_model(models: SupabaseUserModels, file: str) -> None:
    made = models.register(
        RegisterModel(model_name="Iris", file_path=file, metadata={"accuracy": 0.9})
    )
    found = models.model(made)
    assert (found.model_name, found.file_path, found.metadata) == ("Iris", file, {"accuracy": 0.9})
    assert (found.size_bytes, found.content, found.scan) == (7, '"m.joblib"/7', None)


@pytest.mark.parametrize(
    ("path", "code"),
    [("{own}/absent", "model_file_missing"), ("{other}/m.joblib", "model_file_foreign"),
     ("{own}/../{other}/m.joblib", "model_file_foreign")],
)  # fmt: skip
def test_a_file_that_is_missing_or_somebody_elses_becomes_none(
    models: SupabaseUserModels, project: Project, ada: Person, bob: Person, path: str, code: str
) -> None:
    stored(project.database, bob.id)
    with pytest.raises(ModelRefused) as failure:
        models.register(
            RegisterModel(model_name="x", file_path=path.format(own=ada.id, other=bob.id))
        )
    assert failure.value.code == code


def test_a_page_follows_the_page_before_and_search_finds_names_and_algorithms(
    models: SupabaseUserModels, file: str, ada: Person
) -> None:
    for number in range(3):
        wanted = RegisterModel(model_name=f"N{number}", file_path=file, algorithm="Ridge")
        models.register(wanted)
    first = models.models(ModelQuery(limit=2, search="ridge"))
    assert ([m.model_name for m in first.models], first.total) == (["N2", "N1"], 3)
    rest = models.models(ModelQuery(limit=2, search="ridge", cursor=first.next_cursor))
    assert ([m.model_name for m in rest.models], rest.next_cursor) == (["N0"], None)
    assert {m.user_id for m in models.models(ModelQuery()).models} == {ada.id}


def test_a_verdict_is_kept_for_the_files_content_whatever_row_has_it(
    models: SupabaseUserModels, project: Project, ada: Person, bob: Person, file: str
) -> None:
    records = SupabaseRecords(project.settings)
    content = models.model(models.register(RegisterModel(model_name="a", file_path=file))).content
    assert content is not None
    records.keep_scan(ada.id, content, SCAN)
    records.keep_scan(ada.id, content, SCAN.model_copy(update={"scanner": "s2"}))
    again = models.model(models.register(RegisterModel(model_name="b", file_path=file)))
    assert again.scan is not None
    assert (again.scan.verdict, again.scan.scanner) == ("allowed", "s2")
    with project.database.as_user(bob.id) as connection:
        assert connection.execute("select * from public.model_scans").fetchall() == []


def test_of_a_users_verdicts_the_newest_two_hundred_are_kept(database: Database) -> None:
    user = database.new_user()
    with database.as_service() as connection:
        for number in range(205):
            keep = "select public.keep_scan(%s, %s, 's', '{}')"
            connection.execute(keep, (user, f"{number}"))
    kept = database.run("select content from public.model_scans where user_id = %s", user)
    assert {row["content"] for row in kept} == {str(number) for number in range(5, 205)}


def test_whatever_a_file_says_of_itself_its_verdict_has_a_bounded_size(
    project: Project, ada: Person
) -> None:
    huge = Scan(
        verdict="refused",
        reasons=["x\x00\ud800" * 9000] * 500,
        libraries={f"l{n}" * 900: "1" * 9000 for n in range(500)},
        sha256="a" * 64,
        note="n" * 90000,
        scanner="s",
    )
    SupabaseRecords(project.settings).keep_scan(ada.id, "c", huge)
    row = project.database.run("select verdict from public.model_scans where user_id = %s", ada.id)
    assert len(json.dumps(row[0]["verdict"])) < 32768


def test_renaming_changes_the_name_alone_and_only_ones_own(
    models: SupabaseUserModels, ada: Person, bob: Person
) -> None:
    models.rename(ada.model_id, "Better")
    assert models.model(ada.model_id).model_name == "Better"
    with pytest.raises(ModelNotFound):
        models.rename(bob.model_id, "Mine")


def test_a_model_in_use_stays_and_the_refusal_lists_what_uses_it(
    models: SupabaseUserModels, project: Project, ada: Person
) -> None:
    made = project.database.new_deployment(ada.id, ada.model_id, status="active")
    with pytest.raises(ModelInUse) as failure:
        models.remove(ada.model_id)
    assert [each["id"] for each in failure.value.facts["deployments"]] == [made]
    assert failure.value.facts["deployments"][0]["status"] == "active"
    assert models.model(ada.model_id).living_deployments == 1


def test_past_the_api_too_a_model_in_use_stays(database: Database) -> None:
    user = database.new_user()
    model = database.new_model(user)
    database.new_deployment(user, model, status="deploying")
    with (
        database.as_user(user) as connection,
        pytest.raises(psycopg.errors.RaiseException) as failure,
    ):
        connection.execute("delete from public.trained_models where id = %s", (model,))
    assert refused(failure.value)[0] == "model_in_use"


def test_history_keeps_the_name_of_a_model_that_was_removed(
    models: SupabaseUserModels, project: Project, ada: Person
) -> None:
    failed = project.database.new_deployment(ada.id, ada.model_id, status="failed")
    assert models.remove(ada.model_id) == f"{ada.id}/model.joblib"
    data = SupabaseUserData(project.settings, ada.principal)
    row = data.deployment(failed)
    assert row.model_id is None
    assert row.trained_models is not None
    assert row.trained_models.model_name == "Iris classifier"
    assert data.deployments(DeploymentQuery(search="iris cl")).total == 1
    with pytest.raises(ModelNotFound):
        models.model(ada.model_id)


def test_a_file_that_another_model_has_is_not_given_up(
    models: SupabaseUserModels, file: str
) -> None:
    first, second = (
        models.register(RegisterModel(model_name=name, file_path=file)) for name in "ab"
    )
    assert models.remove(first) is None
    assert models.remove(second) == file


def test_a_request_at_the_same_time_meets_either_the_model_or_its_absence(
    database: Database,
) -> None:
    user = database.new_user()
    model = database.new_model(user)
    with database.as_user(user) as deploying, database.as_user(user) as removing:
        deploying.execute("begin")
        request(deploying, model)
        removing.execute("set statement_timeout = '300ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            removing.execute("delete from public.trained_models where id = %s", (model,))
        deploying.execute("commit")
        removing.execute("reset statement_timeout")
        with pytest.raises(psycopg.errors.RaiseException):
            removing.execute("delete from public.trained_models where id = %s", (model,))


def test_with_an_account_everything_goes_whatever_lives(database: Database) -> None:
    user = database.new_user()
    database.new_deployment(user, database.new_model(user), status="active")
    database.run("delete from auth.users where id = %s", user)
    assert database.run("select from public.trained_models where user_id = %s", user) == []


def test_a_page_of_models_is_bounded_in_bytes(database: Database) -> None:
    user = database.new_user()
    filling = Jsonb({"notes": "x" * 30000})
    with database.as_user(user) as connection:
        for number in range(60):
            connection.execute(
                "insert into public.trained_models (model_name, file_path, metadata)"
                " values (%s, %s, %s)",
                (f"m{number}", f"{user}/{uuid.uuid4()}", filling),
            )
        page = page_of(connection, page_size=100)
        assert 20 < len(page["models"]) < 40
        assert (page["total"], page["more"]) == (60, True)
        assert len(json.dumps(page)) < 1_100_000


def page_of(connection: Any, page_size: int) -> dict[str, Any]:
    found: dict[str, Any] = connection.execute(
        "select public.list_models(page_size => %s) as l", (page_size,)
    ).fetchone()["l"]
    return found
