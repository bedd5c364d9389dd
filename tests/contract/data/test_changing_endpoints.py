"""What the database says about revisions, moves of traffic, sleep, waking and what is due."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.data import Connection, Database, new_name, refused

ASK = "select public.request_change(%s, %s, %s, %s) as begun"
TRAFFIC = "select public.record_traffic(%s, %s, %s, null)"


@pytest.fixture
def owner(database: Database) -> tuple[str, str]:
    user_id = database.new_user()
    return user_id, database.new_model(user_id)


def pair(database: Database, owner: tuple[str, str], **columns: Any) -> tuple[str, str, str]:
    """An endpoint with active blue and green; their ids."""
    name = new_name()
    blue, green = (
        database.new_deployment(
            *owner, endpoint_name=name, deployment_name=each, status="active", **columns
        )
        for each in ("blue", "green")
    )
    return name, blue, green


def ask(
    connection: Connection, kind: str, deployment_id: str, seen: int | None = None, **input: Any
) -> dict[str, Any]:
    [row] = connection.execute(ASK, (kind, deployment_id, Jsonb(input), seen)).fetchall()
    begun: dict[str, Any] = row["begun"]
    return begun


def why(connection: Connection, kind: str, deployment_id: str, seen: int | None = None) -> str:
    with pytest.raises(psycopg.errors.RaiseException) as failure, connection.transaction():
        ask(connection, kind, deployment_id, seen)
    return refused(failure.value)[0]


def moves(database: Database, name: str, *splits: dict[str, int], mirror: Any = None) -> None:
    for traffic in splits:
        database.run(
            f"do $$ begin perform public.record_traffic('{name.upper()}', "
            f"'{_json(traffic)}', '{_json(mirror or {})}'); end $$"
        )


def _json(shares: dict[str, int]) -> str:
    return "{" + ", ".join(f'"{name}": {share}' for name, share in shares.items()) + "}"


def row(database: Database, deployment_id: str) -> dict[str, Any]:
    [found] = database.run("select * from public.deployments where id = %s", deployment_id)
    return found


def detail(connection: Connection, name: str) -> dict[str, Any]:
    [found] = connection.execute("select public.endpoint_detail(%s) as e", (name,)).fetchall()
    shown: dict[str, Any] = found["e"]
    return shown


def test_revisions_are_numbered_for_ever_whoever_is_first(
    database: Database, owner: tuple[str, str]
) -> None:
    name = new_name()

    def made(number: int) -> int:
        found = database.new_deployment(
            *owner,
            endpoint_name=name.upper() if number % 2 else name,
            deployment_name=f"revision-{number}",
            status="failed" if number % 3 == 0 else "active",
        )
        return int(row(database, found)["revision"])

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(made, range(24))) == list(range(1, 25))


def test_another_owner_of_the_name_begins_anew(database: Database, owner: tuple[str, str]) -> None:
    name = new_name()
    first = database.new_deployment(*owner, endpoint_name=name, status="active")
    moves(database, name, {"blue": 100})
    database.run("update public.deployments set status = 'deleted' where id = %s", first)
    user = database.new_user()
    second = database.new_deployment(
        user, database.new_model(user), endpoint_name=name, status="active"
    )
    assert row(database, second)["revision"] == 1
    with database.as_user(user) as connection:
        shown = detail(connection, name)
    assert (shown["traffic"], shown["moves"], len(shown["revisions"])) == ({}, [], 1)


def test_a_change_of_traffic_is_kept_once_and_grows_the_version(
    database: Database, owner: tuple[str, str]
) -> None:
    name, *_ = pair(database, owner)
    moves(database, name, {"blue": 100}, {"blue": 100}, {"blue": 90, "green": 10})
    with database.as_user(owner[0]) as connection:
        shown = detail(connection, name)
    assert [move["traffic"] for move in shown["moves"]] == [
        {"blue": 90, "green": 10},
        {"blue": 100},
    ]
    assert shown["version"] == 2


def test_what_another_one_has_replaced_gets_its_time_to_sleep_and_loses_it_when_it_serves(
    database: Database, owner: tuple[str, str]
) -> None:
    name, blue, green = pair(database, owner, keep_previous_minutes=30)
    moves(database, name, {"blue": 100}, {"blue": 50, "green": 50})
    assert row(database, blue)["sleeps_at"] is None
    moves(database, name, {"green": 100})
    assert row(database, blue)["sleeps_at"] is not None
    assert row(database, green)["sleeps_at"] is None
    moves(database, name, {"blue": 1, "green": 99})
    assert row(database, blue)["sleeps_at"] is None


def test_what_is_kept_for_ever_or_mirrored_does_not_sleep(
    database: Database, owner: tuple[str, str]
) -> None:
    name, blue, _ = pair(database, owner, keep_previous_minutes=None)
    moves(database, name, {"blue": 100}, {"green": 100})
    assert row(database, blue)["sleeps_at"] is None
    name, blue, _ = pair(database, owner, keep_previous_minutes=0)
    moves(database, name, {"blue": 100})
    moves(database, name, {"green": 100}, mirror={"blue": 10})
    assert row(database, blue)["sleeps_at"] is None


def test_of_many_movers_at_once_one_wins(database: Database, owner: tuple[str, str]) -> None:
    _, blue, green = pair(database, owner)

    def mover(number: int) -> str:
        with database.as_user(owner[0]) as connection:
            try:
                ask(connection, "change_traffic", blue if number % 2 else green)
            except psycopg.errors.RaiseException as error:
                return refused(error)[0]
            return "won"

    with ThreadPoolExecutor(6) as pool:
        ends = list(pool.map(mover, range(6)))
    assert sorted(ends) == [*["operation_running"] * 5, "won"]


def test_who_has_not_seen_the_latest_move_is_refused_with_it(
    database: Database, owner: tuple[str, str]
) -> None:
    name, blue, _ = pair(database, owner)
    moves(database, name, {"blue": 100})
    with database.as_user(owner[0]) as connection:
        assert why(connection, "change_traffic", blue, seen=0) == "traffic_changed"
        assert ask(connection, "change_traffic", blue, seen=1)["replayed"] is False


def test_the_same_rollback_again_is_the_one_that_runs(
    database: Database, owner: tuple[str, str]
) -> None:
    _, blue, green = pair(database, owner)
    with database.as_user(owner[0]) as connection:
        first = ask(connection, "roll_back", blue)
        assert ask(connection, "roll_back", blue) == {**first, "replayed": True}
        assert why(connection, "roll_back", green) == "operation_running"


def test_sleep_and_waking_move_the_row_and_nothing_else_may(
    database: Database, owner: tuple[str, str]
) -> None:
    _, blue, green = pair(database, owner)
    with database.as_user(owner[0]) as connection:
        assert why(connection, "wake", blue) == "not_asleep"
        operation = ask(connection, "sleep", blue)["id"]
        assert why(connection, "wake", blue) == "operation_running"
    assert row(database, blue)["status"] == "asleep"
    end = "update public.operations set status = 'succeeded', ended_at = now() where id = %s"
    database.run(f"{end} returning 1", operation)
    with database.as_user(owner[0]) as connection:
        for kind in ("sleep", "update", "change_traffic"):
            assert why(connection, kind, blue) == "not_active"
        woken = ask(connection, "wake", blue)["id"]
    assert row(database, blue)["status"] == "deploying"
    with database.as_service() as connection:
        connection.execute(
            "select public.move_deployment(%s, 'asleep', %s)",
            (blue, Jsonb({"error": {"code": "c", "message": "m", "fix": "f"}})),
        )
    [ended] = database.run("select status, error from public.operations where id = %s", woken)
    assert (ended["status"], ended["error"]["code"]) == ("failed", "c")
    assert row(database, green)["status"] == "active"


def test_while_a_release_is_watched_nobody_else_moves_or_sleeps(
    database: Database, owner: tuple[str, str]
) -> None:
    name, blue, _ = pair(database, owner)
    canary = Jsonb({"strategy": "canary"})
    database.new_deployment(
        *owner, endpoint_name=name, deployment_name="red", status="deploying", release=canary
    )
    with database.as_user(owner[0]) as connection:
        for kind in ("change_traffic", "roll_back", "sleep", "update"):
            assert why(connection, kind, blue) == "release_running"


def test_what_is_due_moves_on_once_with_an_operation_and_a_line_that_tells_so(
    database: Database, owner: tuple[str, str]
) -> None:
    rest: dict[str, Any] = {"status": "active", "expires_in_hours": 1}
    sleeper = database.new_deployment(*owner, on_expiry="sleep", **rest)
    goner = database.new_deployment(*owner, on_expiry="delete", **rest)
    later = database.new_deployment(*owner, on_expiry="sleep", **rest)
    for each in (sleeper, goner):
        database.run(
            "update public.deployments set expires_at = now() - interval '1 s' where id = %s"
            " returning 1",
            each,
        )
    with database.as_service() as connection:
        found = connection.execute("select * from public.begin_due()").fetchall()
        again = connection.execute("select * from public.begin_due()").fetchall()
    mine = {str(each["deployment_id"]): each["kind"] for each in found}
    assert mine | {sleeper: "sleep", goner: "delete"} == mine
    assert not {sleeper, goner} & {str(each["deployment_id"]) for each in again}
    statuses = [row(database, each)["status"] for each in (sleeper, goner, later)]
    assert statuses == ["asleep", "deleted", "active"]
    [told] = database.run(
        "select phase, message from public.deployment_events where deployment_id = %s", sleeper
    )
    assert (told["phase"], "as asked" in told["message"]) == ("expire", True)


def test_what_cannot_begin_now_keeps_no_place_of_what_can(
    database: Database, owner: tuple[str, str]
) -> None:
    """Fifty are looked at: here are 51 whose endpoint is being changed, and one that is illegal."""
    rest: dict[str, Any] = {"status": "active", "expires_in_hours": 1}
    *blocked, illegal, free = [database.new_deployment(*owner, **rest) for _ in range(53)]
    for age, each in enumerate([*blocked, illegal, free]):
        database.run(
            "update public.deployments set expires_at = '2020-01-01'::timestamptz + %s * interval"
            " '1 s' where id = %s returning 1",
            age,
            each,
        )
    with database.as_user(owner[0]) as connection:
        for each in blocked:
            ask(connection, "update", each)
    database.run("alter table public.deployments drop constraint deployments_description_length")
    try:
        database.run(
            "update public.deployments set description = repeat('x', 1001) where id = %s", illegal
        )
        database.run(
            "alter table public.deployments add constraint deployments_description_length"
            " check (char_length(description) <= 1000) not valid"
        )
        with database.as_service() as connection:
            found = connection.execute("select * from public.begin_due()").fetchall()
    finally:
        database.run("update public.deployments set description = null where id = %s", illegal)
    assert free in {str(each["deployment_id"]) for each in found}
    assert row(database, illegal)["status"] == "active"


def test_another_users_endpoint_does_not_exist(database: Database, owner: tuple[str, str]) -> None:
    name, blue, _ = pair(database, owner)
    with database.as_user(database.new_user()) as connection:
        assert detail(connection, name) is None
        assert why(connection, "sleep", blue) == "deployment_not_found"
        [listed] = connection.execute("select public.list_endpoints() as l").fetchall()
        assert listed["l"] == {"total": 0, "more": False, "endpoints": []}


def test_a_page_of_endpoints_goes_on_after_a_name(
    database: Database, owner: tuple[str, str]
) -> None:
    names = sorted(pair(database, owner)[0] for _ in range(3))
    with database.as_user(owner[0]) as connection:
        page = "select public.list_endpoints(page_size => 2, after_name => %s) as l"
        [first] = connection.execute(page, (None,)).fetchall()
        [rest] = connection.execute(page, (names[1],)).fetchall()
    assert [each["name"] for each in first["l"]["endpoints"]] == names[:2]
    assert (first["l"]["total"], first["l"]["more"], rest["l"]["more"]) == (3, True, False)
    assert [each["name"] for each in rest["l"]["endpoints"]] == names[2:]
    assert len(rest["l"]["endpoints"][0]["living"]) == 2
