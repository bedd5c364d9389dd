"""The dashboard in a browser: what is loaded, how soon it shows, long lists, the build."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.measure import write
from tests.support.world import ROOT, World, running_world, until

CLIENT = ROOT / "client"
RUNS, CARDS = 9, 10_000
WANTED = (
    "first-load JavaScript at most 170 KB gzip; first paint at most 800 ms; the list at most 500 ms"
    " after its data; no frame over 50 ms among 10,000 deployments; a build at most 60 s"
)
ROWS = """
insert into public.deployments
  (user_id, model_id, deployment_name, endpoint_name, status, created_at)
select m.user_id, m.id, 'deploy-' || i, 'ep-' || i, 'failed', now() - make_interval(secs => i * 60)
  from generate_series(1, %s) i, public.trained_models m where m.id = %s
"""


def main() -> None:
    if shutil.which("npm") is None:
        sys.exit("The dashboard's benchmark needs Node 20.")
    build_seconds = _build()
    with (
        tempfile.TemporaryDirectory(prefix="slipway-bench-") as home,
        running_world(Path(home), dashboard=True) as world,
    ):
        until(lambda: world.facts["dashboard_url"], "the dashboard is served", 300)
        _seed(world)
        found = _measured(world)
    loads = found.pop("loads")
    write(
        "dashboard",
        {
            "what": f"the deployments page of one user with {CARDS:,} deployments; medians of"
            f" {RUNS} visits with an empty cache",
            "wanted": WANTED,
            "load_average": round(os.getloadavg()[0], 1),
            "build_seconds": round(build_seconds, 1),
            "first_paint_ms": _median(loads, lambda load: load["first_paint_ms"]),
            "list_after_data_ms": _median(loads, lambda load: load["list_ms"] - load["data_ms"]),
            **found,
        },
    )


def _build() -> float:
    """Seconds of a production build whose packages are installed."""
    for leftover in (".next", "out"):
        shutil.rmtree(CLIENT / leftover, ignore_errors=True)
    begun = time.perf_counter()
    environment = {**os.environ, "NEXT_TELEMETRY_DISABLED": "1"}
    subprocess.run(["npm", "run", "build"], cwd=CLIENT, env=environment, check=True)
    return time.perf_counter() - begun


def _seed(world: World) -> None:
    facts = json.loads((world.state / "supabase_local.ready.json").read_text())["database"]
    with psycopg.connect(
        host=facts["host"], port=facts["port"], user=facts["user"], dbname=facts["name"]
    ) as database:
        database.execute(ROWS, [CARDS, world.ada.model()])


def _measured(world: World) -> dict[str, Any]:
    command = ["node", "scripts/measure.mjs", str(world.ready_file), str(RUNS)]
    run = subprocess.run(command, cwd=CLIENT, capture_output=True, text=True, check=True)
    measured: dict[str, Any] = json.loads(run.stdout)
    return measured


def _median(loads: list[dict[str, float]], of: Any) -> float:
    return round(float(statistics.median(of(load) for load in loads)), 1)


if __name__ == "__main__":
    main()
