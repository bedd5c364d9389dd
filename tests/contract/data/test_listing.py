"""A page of the list, its total, its search and its cursor, against the same done in Python."""

import random
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.deployment import DeploymentRow
from tests.support.data import Connection, Database, new_name

MODELS = ("Iris", "ÄÖÜ Größe", "100%_sure", "日本語モデル", r"back\slash")
STATUSES = ("deploying", "active", "asleep", "failed", "deleted")
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def crowd(database: Database) -> tuple[str, list[dict[str, Any]]]:
    """A user with sixty deployments, several of them made at the same instant."""
    chance = random.Random(7)
    user_id = database.new_user()
    models = {name: database.new_model(user_id, name) for name in MODELS}
    rows = []
    for number in range(60):
        name, status = chance.choice(MODELS), chance.choice(STATUSES)
        row = {
            "deployment_name": f"Deploy-{number}",
            "endpoint_name": new_name(),
            "status": status,
            "created_at": START + timedelta(microseconds=number // 4),
        }
        made = database.new_deployment(user_id, models[name], **row)
        rows.append({**row, "id": made, "model_name": name})
    return user_id, rows


def page(connection: Connection, **asked: Any) -> dict[str, Any]:
    arguments = ", ".join(f"{name} => %({name})s" for name in asked)
    listed = connection.execute(f"select public.page_deployments({arguments}) as l", asked)
    found: dict[str, Any] = listed.fetchone()["l"]  # type: ignore[index]
    return found


def expected(
    rows: list[dict[str, Any]], status: str | None = None, search: str | None = None
) -> list[str]:
    """Ids, newest first."""

    def matches(row: dict[str, Any]) -> bool:
        texts = (row["deployment_name"], row["endpoint_name"], row["model_name"])
        return (
            row["status"] != "deleted"
            and status in (None, row["status"])
            and (not search or any(search.lower() in text.lower() for text in texts))
        )

    kept = sorted(filter(matches, rows), key=lambda r: (r["created_at"], r["id"]), reverse=True)
    return [row["id"] for row in kept]


@pytest.mark.parametrize("status", [None, *STATUSES])
@pytest.mark.parametrize(
    "search",
    [
        None,
        "",
        "iris",
        "DEPLOY-1",
        "größe",
        "ÄÖÜ",
        "%",
        "_",
        "100%_",
        "\\",
        "日本",
        "no such",
        "'; --",
    ],
)
def test_the_list_shows_what_matches_and_counts_all_of_it(
    database: Database,
    crowd: tuple[str, list[dict[str, Any]]],
    status: str | None,
    search: str | None,
) -> None:
    user_id, rows = crowd
    wanted = expected(rows, status, search)
    with database.as_user(user_id) as connection:
        found = page(connection, status=status, search=search, page_size=100)
    assert [row["id"] for row in found["deployments"]] == wanted
    assert (found["total"], found["more"]) == (len(wanted), False)


def test_a_search_in_another_unicode_form_finds_the_same(
    database: Database, crowd: tuple[str, list[dict[str, Any]]]
) -> None:
    user_id, rows = crowd
    with database.as_user(user_id) as connection:
        found = page(connection, search=unicodedata.normalize("NFD", "größe"))
    assert found["total"] == len(expected(rows, search="größe")) > 0


@pytest.mark.parametrize("size", [1, 7, 100])
def test_pages_hold_every_row_once_though_others_come_and_go_meanwhile(
    database: Database, crowd: tuple[str, list[dict[str, Any]]], size: int
) -> None:
    user_id, rows = crowd
    wanted = expected(rows)
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    newcomers: list[str] = []
    with database.as_user(user_id) as connection:
        while True:
            found = page(connection, page_size=size, **cursor)
            assert len(found["deployments"]) == min(size, len(wanted) - len(seen))
            seen += [row["id"] for row in found["deployments"]]
            if not found["more"]:
                break
            last = found["deployments"][-1]
            cursor = {"cursor_created_at": last["created_at"], "cursor_id": last["id"]}
            if len(newcomers) < 3:
                model = database.run(
                    "select id from public.trained_models where user_id = %s limit 1", user_id
                )
                newcomers.append(database.new_deployment(user_id, str(model[0]["id"])))
    database.run("delete from public.deployments where id = any(%s)", newcomers)
    assert seen == wanted


def test_a_page_has_at_least_one_row_and_at_most_a_hundred(
    database: Database, crowd: tuple[str, list[dict[str, Any]]]
) -> None:
    with database.as_user(crowd[0]) as connection:
        assert len(page(connection, page_size=0)["deployments"]) == 1
        assert len(page(connection, page_size=10**6)["deployments"]) <= 100


def test_a_row_carries_its_model_and_only_what_the_table_has(
    database: Database, crowd: tuple[str, list[dict[str, Any]]]
) -> None:
    with database.as_user(crowd[0]) as connection:
        row = page(connection, search="iris", page_size=1)["deployments"][0]
    assert row["trained_models"] == {
        "model_name": "Iris",
        "algorithm": "RandomForestClassifier",
    }
    assert set(row) == {
        *(DeploymentRow.model_fields.keys() - {"environment_variables", "recipe"}),
    }


def test_the_numbers_count_deleted_deployments_only_in_the_total(
    database: Database, crowd: tuple[str, list[dict[str, Any]]]
) -> None:
    user_id, rows = crowd
    count = {status: sum(r["status"] == status for r in rows) for status in STATUSES}
    with database.as_user(user_id) as connection:
        numbers = connection.execute("select * from public.deployment_numbers").fetchall()
    assert numbers == [
        {
            "user_id": numbers[0]["user_id"],
            "total_deployments": len(rows),
            "active_deployments": count["active"],
            "deploying_count": count["deploying"],
            "failed_deployments": count["failed"],
            "last_deployment_date": max(row["created_at"] for row in rows),
            "asleep_deployments": count["asleep"],
        }
    ]
