"""Runs a plain script of the SDK, to compare with, in a process of its own."""

import json
import os
import subprocess
import sys
from typing import Any

from tests.support.world import ROOT, World


def plain(script: str, world: World, **plan: Any) -> Any:
    """What `benchmarks.<script>` printed last, as JSON; it gets the workspace and the plan.

    It runs with the emulator's environment. Ends the benchmark where it fails.
    """
    emulator = world.emulator
    given = {
        "client_id": emulator["client_id"],
        "subscription_id": emulator["subscription_id"],
        "resource_group": emulator["resource_group"],
        "workspace": emulator["workspace_name"],
        **plan,
    }
    run = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{script}", json.dumps(given)],
        cwd=ROOT,
        env={**os.environ, **emulator["environment"]},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        sys.exit(f"The plain script failed:\n{run.stderr[-2000:]}")
    return json.loads(run.stdout.strip().splitlines()[-1])
