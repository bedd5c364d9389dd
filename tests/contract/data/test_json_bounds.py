"""JSON that a user gives to the database's functions has the shape that the app reads: a row that
nobody can parse would stop its owner's lists, and the sweeper's list of everybody's operations.
"""

import json
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb
from pydantic import BaseModel, ValidationError

from shared.adapters.supabase.records import SupabaseRecords
from shared.domain.release import Release
from shared.domain.text import Line, PlainJson
from shared.domain.update import DeploymentPatch
from shared.domain.variables import EnvironmentVariables
from tests.support.data import Connection, Database, Project, new_name, request

REFUSED = (psycopg.errors.DataError, psycopg.errors.CheckViolation)
DEEP = '{"a": ' + "[" * 500 + "]" * 500 + "}"
WRONG_JSON = ["5", "[1]", '"words"', "null", '{"a": 1e5000}', '{"a": "\\u0007"}', DEEP]


class Written(BaseModel):
    line: Line = "a"
    document: PlainJson = {}
    variables: EnvironmentVariables = {}


def refuses(model: type[BaseModel], sent: Any) -> bool:
    try:
        model.model_validate(sent)
    except ValidationError:
        return True
    return False


@pytest.fixture
def user(database: Database) -> str:
    return database.new_user()


def call(connection: Connection, function: str, *arguments: object) -> Any:
    places = ", ".join("%s" for _ in arguments)
    return connection.execute(f"select public.{function}({places}) as r", arguments).fetchone()


@pytest.mark.parametrize("wrong", WRONG_JSON)
@pytest.mark.parametrize("kind", ["change_traffic", "roll_back", "update"])
def test_the_input_of_a_change_is_a_plain_object_and_the_sweeper_reads_on(
    project: Project, user: str, kind: str, wrong: str
) -> None:
    database = project.database
    made = database.new_deployment(user, database.new_model(user), status="active")
    with database.as_user(user) as connection, pytest.raises(REFUSED):
        call(connection, "request_change", kind, made, wrong)
    running = SupabaseRecords(project.settings).running_operations()
    assert made not in [each.deployment_id for each in running]


UPDATES: list[dict[str, Any]] = [
    {"instance_count": 1},
    {"instance_count": 10, "environment_variables": {"A": "b"}},
    {"autoscale": {"min": 1, "max": 9, "cpu_percent": 70, "scale_in_cooldown_minutes": 10}},
    {"autoscale": None, "environment_variables": {}},
    {"instance_count": 0},
    {"instance_count": 11},
    {"instance_count": "2"},
    {"instance_count": 1.5},
    {"environment_variables": {"LD_PRELOAD": "/tmp/mine.so"}},
    {"environment_variables": {"A": 1}},
    {"environment_variables": ["A"]},
    {"autoscale": {"min": 1, "max": 99, "cpu_percent": 70, "scale_in_cooldown_minutes": 10}},
    {"autoscale": [1]},
]


@pytest.mark.parametrize("fields", UPDATES, ids=json.dumps)
def test_the_database_takes_the_updates_that_the_app_takes(
    database: Database, user: str, fields: dict[str, Any]
) -> None:
    made = database.new_deployment(user, database.new_model(user), status="active")
    with database.as_user(user) as connection:
        if refuses(DeploymentPatch, fields):
            with pytest.raises(REFUSED):
                call(connection, "update_deployment", made, Jsonb(fields))
        else:
            call(connection, "update_deployment", made, Jsonb(fields))


def test_an_operation_that_cannot_be_read_hides_no_others(project: Project, user: str) -> None:
    database = project.database
    model = database.new_model(user)
    rule = "alter table public.operations {} constraint operations_input_shape"
    with database.as_user(user) as connection:
        made = [
            request(connection, model, endpoint_name=new_name())["deployment"]["id"]
            for _ in range(2)
        ]
    database.run(rule.format("drop"))
    try:
        database.run("update public.operations set input = '5' where id = %s", made[0])
        found = {each.id for each in SupabaseRecords(project.settings).running_operations()}
        assert found.intersection(made) == {made[1]}
    finally:
        database.run("update public.operations set input = '{}' where id = %s", made[0])
        condition = "check (jsonb_typeof(input) = 'object' and slipway.is_plain(input)) not valid"
        database.run(f"{rule.format('add')} {condition}")


@pytest.mark.parametrize(
    "wrong", [*WRONG_JSON, "{}", '{"code": 1, "message": "m", "fix": "f"}', '{"code": "c"}']
)
def test_an_error_that_a_user_gives_has_the_shape_of_one(
    database: Database, user: str, wrong: str
) -> None:
    with database.as_user(user) as connection:
        made = request(connection, database.new_model(user))["deployment"]["id"]
        with pytest.raises(REFUSED):
            call(connection, "abandon_deployment", made, wrong)
    assert database.run("select error from public.deployments where id = %s", made) == [
        {"error": None}
    ]


def test_an_error_of_the_app_may_hold_what_a_log_holds(project: Project, user: str) -> None:
    database = project.database
    error = Jsonb({"code": "c", "message": "m", "fix": "f", "detail": "\x1b[31mred\x1b[0m"})
    made = database.new_deployment(user, database.new_model(user), status="failed", error=error)
    found = SupabaseRecords(project.settings).deployment(made)
    assert found is not None
    assert found.error is not None
    assert found.error.detail == "\x1b[31mred\x1b[0m"


RELEASES: list[dict[str, Any]] = [
    {},
    {"strategy": "manual"},
    {"strategy": "canary", "steps": [5, 50, 99], "step_minutes": 0.5, "max_p95_ms": 12.5},
    {"strategy": "canary", "max_p95_ms": None, "on_silence": "go_on", "on_failure": "keep"},
    {"strategy": "shadow", "minutes": 1440, "mirror_percent": 50, "min_requests": 1_000_000},
    {"strategy": "zz"},
    {"strategy": None},
    {"strategy": ["canary"]},
    {"strategy": "canary", "steps": []},
    {"strategy": "canary", "steps": [50, 10]},
    {"strategy": "canary", "steps": [10, 10]},
    {"strategy": "canary", "steps": [0]},
    {"strategy": "canary", "steps": [100]},
    {"strategy": "canary", "steps": [1.5]},
    {"strategy": "canary", "steps": "10"},
    {"strategy": "canary", "steps": list(range(1, 12))},
    {"strategy": "canary", "step_minutes": 0},
    {"strategy": "canary", "step_minutes": 1441},
    {"strategy": "canary", "step_minutes": None},
    {"strategy": "canary", "mirror_percent": 20},
    {"strategy": "canary", "max_error_percent": -1},
    {"strategy": "canary", "max_p95_ms": 0},
    {"strategy": "canary", "min_requests": 0},
    {"strategy": "canary", "on_silence": "sing"},
    {"strategy": "shadow", "mirror_percent": 51},
    {"strategy": "shadow", "steps": [1]},
    {"strategy": "all_at_once", "minutes": 5},
    {"other": 1},
]


@pytest.mark.parametrize("release", RELEASES, ids=json.dumps)
def test_the_database_takes_the_releases_that_the_app_takes(
    database: Database, release: dict[str, Any]
) -> None:
    taken = database.run("select slipway.is_release(%s) as r", Jsonb(release))[0]["r"]
    assert taken is not refuses(Release, release)


def test_a_release_of_another_shape_is_refused_when_it_is_asked_for(
    database: Database, user: str
) -> None:
    model = database.new_model(user)
    with database.as_user(user) as connection:
        for wrong in ({"strategy": "zz"}, [1], "x", 5, json.loads(DEEP)):
            with pytest.raises(REFUSED):
                request(connection, model, release=wrong)
        for right in (None, {}, Release(strategy="canary").model_dump(mode="json")):
            request(connection, model, release=right, endpoint_name=new_name())


def nested(levels: int) -> dict[str, Any]:
    found: Any = 1
    for _ in range(levels):
        found = [found]
    return {"a": found}


DOCUMENTS = [
    {"a": 1e308, "b": -1e308, "c": 1e-320, "d": "1" * 400},
    {"a": 10**308},
    {"a": 10**309},
    {"a": [{"b": -(10**309)}]},
    nested(18),
    nested(19),
    {"a\x07": 1},
]
LINES = ["Größe 日本 🚀", "👩\u200d🔬", "می\u200cخواهم", "x", "", " ", "\u200b", "\u3164", "\ufeff"]
LINES += ["\u2800 \xa0", "a\nb", "a\tb", "a\u2028b", "a\u202eb", "\u2066a", "a\x9bb"]
LINES += ["\U000e0041", "\uffff"]
VALUES = ["plain", "é 日本 🚀", "\u202e", "\xa0", "\u2028", "\x9b", "\n", "\t"]


@pytest.mark.parametrize(
    ("check", "sent", "as_sql"),
    [
        *(("is_plain", {"document": each}, Jsonb(each)) for each in DOCUMENTS),
        *(("is_line", {"line": each}, each) for each in LINES),
        *(("are_variables", {"variables": {"A": each}}, Jsonb({"A": each})) for each in VALUES),
    ],
    ids=repr,
)
def test_the_database_takes_the_texts_that_the_app_takes(
    database: Database, check: str, sent: dict[str, Any], as_sql: object
) -> None:
    taken = database.run(f"select slipway.{check}(%s) as r", as_sql)[0]["r"]
    assert taken is not refuses(Written, sent)


@pytest.mark.parametrize("name", ["  ", "a\nb", "\u202egpj.exe", "\u200b"])
def test_a_name_is_one_line_that_can_be_seen(database: Database, user: str, name: str) -> None:
    model = database.new_model(user)
    attempts: list[Callable[[Connection], object]] = [
        lambda c: database.new_model(user, name),
        lambda c: call(c, "rename_model", model, name),
        lambda c: call(c, "save_template", name, Jsonb({})),
    ]
    for attempt in attempts:
        with database.as_user(user) as connection, pytest.raises(psycopg.errors.CheckViolation):
            attempt(connection)


def test_two_templates_cannot_have_names_that_look_the_same(database: Database, user: str) -> None:
    assert Written(line="Cafe\u0301").line == "Café"
    with database.as_user(user) as connection, pytest.raises(psycopg.errors.CheckViolation):
        call(connection, "save_template", "Cafe\u0301", Jsonb({"a": str(uuid.uuid4())}))
