"""The API among 1,000,000 deployments of 10,000 users, against the same calls on an empty table.

Two local worlds side by side, asked in turns through the functions host, as a user asks.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.measure import summary, write
from tests.support.world import World, running_world

USERS, ROWS_EACH, DEEP_ROWS, LONGEST_PAGE, RUNS = 10_000, 100, 2_800, 100, 80
WANTED_RATIO, WANTED_LIST_MS, WANTED_DEPLOY_MS = 1.5, 25, 60
OTHERS = f"""
insert into auth.users (id)
select ('bbbb0000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid
  from generate_series(1, {USERS}) i;
insert into public.trained_models (id, user_id, model_name, file_path)
select id, id, 'Model of ' || id, id || '/m.joblib' from auth.users where id::text like 'bbbb0000%';
"""
ROWS = """
insert into public.deployments
  (user_id, model_id, deployment_name, endpoint_name, status, created_at, deleted_at)
select m.user_id, m.id, 'deploy-' || i, 'ep-' || left(md5(m.user_id::text), 16) || '-' || i, s,
       now() - make_interval(secs => i * 60), case when s = 'deleted' then now() end
  from generate_series(1, %s) i, public.trained_models m,
       lateral (select (array['active', 'failed', 'deleted', 'failed'])[1 + i %% 4] as s) x
"""
Calls = dict[str, Callable[[], object]]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as home, ExitStack() as running:
        empty, full = (
            running.enter_context(running_world(Path(home) / name)) for name in ("empty", "full")
        )
        seeding = _seed(full)
        found = _in_turns({"empty table": _reads(empty), "1,000,000 rows": _reads(full)})
        deploys = _deploys(empty)
    baseline, crowded = found.values()
    ratios = {
        name: round(crowded[name]["median_ms"] / baseline[name]["median_ms"], 2)
        for name in baseline
    }
    write(
        "api",
        {
            "what": f"{USERS:,} users with {ROWS_EACH} deployments each and one with {DEEP_ROWS:,},"
            f" who asks; medians of {RUNS}, over HTTP through the functions host",
            "wanted": f"ratio at most {WANTED_RATIO}; list at most {WANTED_LIST_MS} ms,"
            f" deploy at most {WANTED_DEPLOY_MS} ms",
            "seeding_seconds": round(seeding),
            "ratio": ratios,
            **found,
            "deploy": deploys,
        },
    )


def _seed(world: World) -> float:
    """Seconds it took."""
    begun = time.perf_counter()
    with world.database() as database:
        database.execute(OTHERS)
        database.execute(ROWS + " where m.user_id::text like 'bbbb0000%%'", [ROWS_EACH])
        database.execute(ROWS + " where m.id = %s", [DEEP_ROWS, world.ada.model()])
        database.execute("vacuum analyze public.deployments")
        database.execute("vacuum analyze public.trained_models")
    return time.perf_counter() - begun


def _reads(world: World) -> Calls:
    get = world.ada.api.get
    deep = _cursor_of_last_page(world)
    return {
        "first page": lambda: get("/deployments/list").raise_for_status(),
        "longest page": lambda: get(f"/deployments/list?limit={LONGEST_PAGE}").raise_for_status(),
        "last page by cursor": lambda: get(f"/deployments/list{deep}").raise_for_status(),
        "search": lambda: get("/deployments/list?search=deploy-17").raise_for_status(),
        "search that finds all": lambda: get("/deployments/list?search=deploy-").raise_for_status(),
        "status": lambda: get("/deployments/list?status=failed").raise_for_status(),
        "stats": lambda: get("/deployments/stats").raise_for_status(),
    }


def _cursor_of_last_page(world: World) -> str:
    query = ""
    while True:
        page = world.ada.api.get(f"/deployments/list{query}").raise_for_status().json()
        if page["next_cursor"] is None:
            return query
        query = f"?cursor={page['next_cursor']}"


def _in_turns(asked: dict[str, Calls]) -> dict[str, dict[str, Any]]:
    """Interleaved, so that the machine's moods hit all alike."""
    times: dict[str, dict[str, list[float]]] = {
        where: {name: [] for name in calls} for where, calls in asked.items()
    }
    for _ in range(RUNS):
        for where, calls in asked.items():
            for name, call in calls.items():
                begun = time.perf_counter()
                call()
                times[where][name].append(time.perf_counter() - begun)
    return {
        where: {name: summary(seconds) for name, seconds in measured.items()}
        for where, measured in times.items()
    }


def _deploys(world: World) -> dict[str, Any]:
    """The deploy route alone: the endpoint is so slow that nothing else of the pipeline runs."""
    world.control.put("/latency", json={"endpoint": 600}).raise_for_status()
    model_id, times = world.grace.model(), []
    for _ in range(15):
        begun = time.perf_counter()
        world.grace.deploy(model_id)
        times.append(time.perf_counter() - begun)
        time.sleep(1)  # the pipeline's first phases have the machine to themselves
    found = summary(times)
    found["median_ms"] = round(statistics.median(times) * 1000, 2)
    return found


if __name__ == "__main__":
    main()
