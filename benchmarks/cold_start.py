"""Cold start: importing the app in a fresh interpreter, against importing what is heavy too."""

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measure import summary, write

ROOT = Path(__file__).parent.parent
RUNS = 7
HEAVY = "import azure.ai.ml, mlflow, mlflow.sklearn, sklearn.ensemble, pandas, numpy"
SETTINGS = {
    "SUPABASE_URL": "http://127.0.0.1:1",
    "SUPABASE_ANON_KEY": "p",
    "SUPABASE_SERVICE_KEY": "s",
    "AZURE_SUBSCRIPTION_ID": "s",
    "AZURE_RESOURCE_GROUP": "g",
    "AZURE_WORKSPACE_NAME": "w",
}


def main() -> None:
    candidates = {"bare": "pass", "app": "import function_app", "eager": f"{HEAVY}, function_app"}
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(RUNS):  # interleaved, so that the machine's moods hit all alike
        for name, code in candidates.items():
            times[name].append(_import_seconds(code))
    found = {name: summary(seconds) for name, seconds in times.items()}
    bare = found["bare"]["median_ms"]
    ratio = (found["app"]["median_ms"] - bare) / (found["eager"]["median_ms"] - bare)
    write(
        "cold_start",
        {
            "what": "import function_app in a fresh interpreter, the bare interpreter taken off",
            "baseline": "the same with azure.ai.ml, mlflow, sklearn, pandas and numpy imported",
            **found,
            "ratio": round(ratio, 3),
            "wanted": "at most 0.15",
        },
    )


def _import_seconds(code: str) -> float:
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **SETTINGS}, check=True
    )
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
