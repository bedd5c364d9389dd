"""A user's questions, through adapter, REST and row level security, among 1,000,000 rows.

Against the same questions of the same user when nobody else has any, and of a table that is empty.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.measure import summary, write
from shared.lifecycle import Status
from shared.schemas.deployment import DeploymentQuery
from shared.supabase.records import SupabaseRecords
from shared.supabase.user_data import SupabaseUserData
from tests.support.data import Database, Person, Project, running_project, settings_for

USERS, ROWS_EACH, RUNS = 10_000, 100, 60
SEED = """
insert into auth.users (id)
select ('bbbb0000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid from generate_series(1, %(users)s) i;
insert into public.trained_models (id, user_id, model_name, file_path)
select id, id, 'Model of ' || id, id || '/m.joblib' from auth.users where id::text like 'bbbb0000%%';
"""
DEPLOYMENTS = """
insert into public.deployments (user_id, model_id, deployment_name, endpoint_name, status, created_at,
                                deleted_at)
select u.user_id, u.id, 'deploy-' || i, 'ep-' || left(md5(u.user_id::text), 16) || '-' || i, s,
       now() - make_interval(secs => i * 60),
       case when s = 'deleted' then now() end
  from public.trained_models u, generate_series(1, %(rows)s) i,
       lateral (select (array['active', 'failed', 'deleted', 'failed', 'active'])[1 + i %% 5] as s) x
 where u.user_id::text like %(whose)s
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as home:
        state = Path(home)
        with running_project(state / "state", state / "log") as facts:
            where = facts["database"]
            conninfo = psycopg.conninfo.make_conninfo(
                host=where["host"], port=where["port"], user=where["user"], dbname=where["name"]
            )
            project = Project(facts, Database(conninfo), settings_for(facts))
            _measure(project)


def _measure(project: Project) -> None:
    person = project.new_person()
    found: dict[str, dict[str, Any]] = {"empty table": _ask(project, person)}
    _fill(project.database, f"{person.id}%")
    found["own rows only"] = _ask(project, person)
    seconds = time.perf_counter()
    with project.database.connect() as connection:
        for statement in filter(str.strip, SEED.split(";")):
            connection.execute(statement, {"users": USERS})
    _fill(project.database, "bbbb0000%")
    seconds = time.perf_counter() - seconds
    found["1,000,000 rows"] = _ask(project, person)
    write(
        "data_queries",
        {
            "what": f"{USERS:,} users with {ROWS_EACH} deployments each; median of {RUNS}",
            "seeding_seconds": round(seconds, 1),
            **found,
            "ratio_to_empty_table": _ratios(found, "empty table"),
            "ratio_to_own_rows_only": _ratios(found, "own rows only"),
            "wanted": "at most 1.5 of an empty table",
        },
    )


def _fill(database: Database, whose: str) -> None:
    with database.connect() as connection:
        connection.execute(DEPLOYMENTS, {"rows": ROWS_EACH, "whose": whose})
        connection.execute("vacuum analyze public.deployments")
        connection.execute("vacuum analyze public.trained_models")


def _ask(project: Project, person: Person) -> dict[str, Any]:
    data = SupabaseUserData(project.settings, person.principal)
    records = SupabaseRecords(project.settings)
    deep = None
    for _ in range(3):
        deep = data.deployments(DeploymentQuery(cursor=deep)).next_cursor or deep
    some_id = person.model_id
    for row in data.deployments(DeploymentQuery(limit=1)).deployments:
        some_id = row.id
    questions: dict[str, Callable[[], object]] = {
        "first page": lambda: data.deployments(DeploymentQuery()),
        "deep page": lambda: data.deployments(DeploymentQuery(cursor=deep)),
        "search": lambda: data.deployments(DeploymentQuery(search="iris")),
        "search without a match": lambda: data.deployments(DeploymentQuery(search="%no such%")),
        "status": lambda: data.deployments(DeploymentQuery(status=Status.FAILED)),
        "stats": data.stats,
        "timeline": lambda: data.events(some_id),
        "one row, as the service": lambda: records.deployment(some_id),
    }
    times: dict[str, list[float]] = {name: [] for name in questions}
    for question in questions.values():
        question()
    for _ in range(RUNS):  # interleaved, so that the machine's moods hit all alike
        for name, question in questions.items():
            begun = time.perf_counter()
            question()
            times[name].append(time.perf_counter() - begun)
    return {name: summary(seconds) for name, seconds in times.items()}


def _ratios(found: dict[str, dict[str, Any]], baseline: str) -> dict[str, float]:
    full = found["1,000,000 rows"]
    return {
        name: round(full[name]["median_ms"] / found[baseline][name]["median_ms"], 2)
        for name in full
    }


if __name__ == "__main__":
    main()
