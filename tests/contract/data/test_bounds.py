"""What a user writes past the API has the same bounds: sizes, characters, times, pages."""

import json
import uuid
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.contract.data.test_migrations import apply
from tests.support.data import Connection, Database, new_name, request


@pytest.fixture
def user(database: Database) -> str:
    return database.new_user()


def insert(connection: Connection, user: str, **columns: Any) -> str:
    row = {"model_name": "m", "file_path": f"{user}/m.joblib", **columns}
    names, places = ", ".join(row), ", ".join("%s" for _ in row)
    made = connection.execute(
        f"insert into public.trained_models ({names}) values ({places}) returning id",
        list(row.values()),
    )
    return str(made.fetchone()["id"])  # type: ignore[index]


@pytest.mark.parametrize(
    "columns",
    [
        {"algorithm": "x" * 201},
        {"algorithm": "Forest\x1b[2J"},
        {"model_name": "a\x07b"},
        {"model_name": "x" * 201},
        {"metadata": Jsonb({"notes": "x" * 32768})},
        {"metadata": Jsonb({"notes": "a\x01b"})},
        {"metadata": Jsonb({"a\x1fb": 1})},
        {"metadata": Jsonb({"notes": "back\bspace"})},
        {"metadata": Jsonb({"notes": "\\\x02"})},
        {"metadata": Jsonb({"notes": "\x9b"})},
    ],
)
def test_a_model_that_is_too_large_or_not_plain_is_refused(
    database: Database, user: str, columns: dict[str, Any]
) -> None:
    with database.as_user(user) as connection, pytest.raises(psycopg.errors.CheckViolation):
        insert(connection, user, **columns)


@pytest.mark.parametrize(
    "columns",
    [
        {"algorithm": "x" * 200},
        {"model_name": "Größe 日本 🚀"},
        {"metadata": Jsonb({"notes": "x" * 32000})},
        {"metadata": Jsonb({"path": "C:\\bin\\u0001\\f", "lines": "a\n\tb\r\n", "quote": '"'})},
    ],
)
def test_what_people_write_is_taken(database: Database, user: str, columns: dict[str, Any]) -> None:
    with database.as_user(user) as connection:
        insert(connection, user, **columns)


def test_the_time_of_a_row_is_the_databases(database: Database, user: str) -> None:
    with database.as_user(user) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            insert(connection, user, created_at="2001-01-01")
        made = insert(connection, user)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "update public.trained_models set created_at = '2001-01-01' where id = %s", (made,)
            )


@pytest.mark.parametrize("wrong", ["x" * 1001, "a\x00b", "a\x1bb", "\x85"])
def test_a_description_past_the_api_has_the_same_bounds(
    database: Database, user: str, wrong: str
) -> None:
    model = database.new_model(user)
    refusals = (psycopg.errors.DataError, psycopg.errors.CheckViolation)
    with database.as_user(user) as connection, pytest.raises(refusals):
        request(connection, model, description=wrong)


def test_a_hash_past_the_api_has_a_bound(database: Database, user: str) -> None:
    model = database.new_model(user)
    with database.as_user(user) as connection, pytest.raises(psycopg.errors.CheckViolation):
        request(connection, model, idempotency_key="k", body_hash="x" * 129)


def test_rows_that_were_there_before_are_kept_and_shown_within_bounds(
    hosted: Database,
) -> None:
    apply(hosted)
    user = hosted.new_user()
    model = hosted.new_model(user)
    for rule in ("algorithm_length", "metadata_size"):
        hosted.run(f"alter table public.trained_models drop constraint trained_models_{rule}")
    hosted.run(
        "update public.trained_models set algorithm = repeat('x', 1000000),"
        " metadata = jsonb_build_object('notes', repeat('x', 1000000)) where id = %s",
        model,
    )
    apply(hosted)
    with hosted.as_user(user) as connection:
        request(connection, model)
        for function in ("page_deployments", "list_models"):
            page = connection.execute(f"select public.{function}() as l").fetchone()["l"]
            assert page["total"] == 1
            assert len(json.dumps(page)) < 3000


def test_a_page_of_deployments_is_bounded_in_bytes_and_the_next_goes_on(
    database: Database, user: str
) -> None:
    model = database.new_model(user)
    error = Jsonb({"code": "c", "message": "m", "fix": "f", "detail": "x" * 30000})
    for _ in range(60):
        database.new_deployment(user, model, status="failed", endpoint_name=new_name(), error=error)
    with database.as_user(user) as connection:
        seen: list[str] = []
        after: dict[str, Any] = {"created_at": None, "id": None}
        while True:
            page = connection.execute(
                "select public.page_deployments(page_size => 100,"
                " cursor_created_at => %s, cursor_id => %s) as l",
                (after["created_at"], after["id"]),
            ).fetchone()["l"]
            assert len(json.dumps(page)) < 1_200_000
            seen += [row["id"] for row in page["deployments"]]
            after = page["deployments"][-1]
            if not page["more"]:
                break
    assert len(seen) == len({uuid.UUID(each) for each in seen}) == 60
