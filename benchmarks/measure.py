"""Medians, ratios and the machine they were taken on."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def summary(seconds: Sequence[float]) -> dict[str, Any]:
    """Median and spread, in milliseconds."""
    ordered = sorted(seconds)
    return {
        "runs": len(ordered),
        "median_ms": round(statistics.median(ordered) * 1000, 2),
        "p95_ms": round(ordered[int(0.95 * (len(ordered) - 1))] * 1000, 2),
        "min_ms": round(ordered[0] * 1000, 2),
    }


def write(name: str, result: dict[str, Any]) -> None:
    """Print the result and keep it with the machine's facts."""
    RESULTS.mkdir(exist_ok=True)
    whole = {"benchmark": name, "at": datetime.now(UTC).isoformat(), "machine": machine(), **result}
    (RESULTS / f"{name}.json").write_text(json.dumps(whole, indent=2) + "\n")
    print(json.dumps({name: result}, indent=2))


def machine() -> dict[str, Any]:
    """`load`: processes that wanted a core in the last five minutes, the benchmark's own too."""
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[1], 1),
    }
