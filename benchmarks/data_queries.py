"""A user's questions, through adapter, REST and row level security, among 1,000,000 rows.

Against the same questions to another project whose table is empty.
"""

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.measure import summary, write
from shared.adapters.supabase.records import SupabaseRecords
from shared.adapters.supabase.user_data import SupabaseUserData
from shared.domain.deployment import DeploymentQuery, Limits
from shared.domain.status import Status
from tests.support.data import Database, Person, Project, running_project

USERS, ROWS_EACH, RUNS = 10_000, 100, 60
SEED = f"""
insert into auth.users (id)
select ('bbbb0000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid
  from generate_series(2, {USERS}) i;
insert into public.trained_models (id, user_id, model_name, file_path)
select id, id, 'Model of ' || id, id || '/m.joblib' from auth.users where id::text like 'bbbb0000%';
insert into public.deployments
  (user_id, model_id, deployment_name, endpoint_name, status, created_at, deleted_at)
select u.user_id, u.id, 'deploy-' || i, 'ep-' || left(md5(u.user_id::text), 16) || '-' || i, s,
       now() - make_interval(secs => i * 60), case when s = 'deleted' then now() end
  from generate_series(1, {ROWS_EACH}) i, public.trained_models u,
       lateral (select (array['active', 'failed', 'deleted', 'failed'])[1 + i % 4] as s) x;
"""
EVENTS = """
insert into public.deployment_events (deployment_id, user_id, phase, status, message)
select d.id, d.user_id, 'phase_' || d.instance_count, 'succeeded', '' from public.deployments d
"""
UNLIMITED = Limits(max_deploying=1, max_active=1, max_requests_per_minute=1_000_000)
Questions = dict[str, Callable[[], object]]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as home, ExitStack() as running:
        empty, full = (
            running.enter_context(running_project(Path(home) / n)) for n in ("empty", "full")
        )
        asker = full.new_person()
        begun = time.perf_counter()
        _seed(full.database)
        seconds = time.perf_counter() - begun
        asked = {
            "empty table": _questions(empty, empty.new_person()),
            "1,000,000 rows": _questions(full, asker),
        }
        found = _ask(asked)
    baseline, crowded = found.values()
    ratios = {
        name: round(crowded[name]["median_ms"] / baseline[name]["median_ms"], 2)
        for name in baseline
    }
    what = f"{USERS:,} users with {ROWS_EACH} deployments each; median of {RUNS}"
    wanted = "ratio at most 1.5"
    write(
        "data_queries",
        {
            "what": what,
            "wanted": wanted,
            "seeding_seconds": round(seconds),
            "ratio": ratios,
            **found,
        },
    )


def _seed(database: Database) -> None:
    database.run(SEED)
    database.run(EVENTS)
    database.run("vacuum analyze public.deployments")
    database.run("vacuum analyze public.deployment_events")
    database.run("vacuum analyze public.trained_models")


def _questions(project: Project, person: Person) -> Questions:
    data = SupabaseUserData(project.settings, person.principal)
    records = SupabaseRecords(project.settings)
    records.apply_limits(UNLIMITED)  # one user asks more in a minute here than anybody may
    rows, deep = data.deployments(DeploymentQuery(limit=1)).deployments, None
    for _ in range(3):
        deep = data.deployments(DeploymentQuery(cursor=deep)).next_cursor or deep
    some_id = rows[0].id if rows else person.model_id
    return {
        "first page": lambda: data.deployments(DeploymentQuery()),
        "deep page": lambda: data.deployments(DeploymentQuery(cursor=deep)),
        "search": lambda: data.deployments(DeploymentQuery(search="iris")),
        "search without a match": lambda: data.deployments(DeploymentQuery(search="%no such%")),
        "status": lambda: data.deployments(DeploymentQuery(status=Status.FAILED)),
        "stats": data.stats,
        "estimate": lambda: data.estimate_facts(person.model_id),
        "timeline": lambda: data.events(some_id),
        "one row, as the service": lambda: records.deployment(some_id),
    }


def _ask(asked: dict[str, Questions]) -> dict[str, dict[str, Any]]:
    times: dict[str, dict[str, list[float]]] = {
        where: {name: [] for name in questions} for where, questions in asked.items()
    }
    for _ in range(RUNS):  # interleaved, so that the machine's moods hit all alike
        for where, questions in asked.items():
            for name, question in questions.items():
                begun = time.perf_counter()
                question()
                times[where][name].append(time.perf_counter() - begun)
    return {
        where: {name: summary(seconds) for name, seconds in measured.items()}
        for where, measured in times.items()
    }


if __name__ == "__main__":
    main()
