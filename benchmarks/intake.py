"""Model intake: what judging and converting cost, against what does the bare work.

Both sides take turns in one run. The scan's times are of its confined child, its start included,
so joblib.load is measured in an interpreter that has imported its libraries before.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measure import summary, write
from shared.adapters.conversion.converter import SandboxedConverter
from shared.adapters.conversion.scan.child import scan
from shared.config import Settings
from shared.domain.model import TrainedModel

ROOT = Path(__file__).parent.parent
RUNS = 5
LARGE_MB = 400
MODELS = ("iris", "opcode_heavy", "array_heavy", "large")
TRAIN = "import sys; from benchmarks.intake_models import save; save(sys.argv[1], sys.argv[2])"
LOAD = (
    "import sys, time, joblib, numpy, sklearn.ensemble, sklearn.neighbors; begun ="
    " time.perf_counter(); joblib.load(sys.argv[1]); print(time.perf_counter() - begun)"
)
BARE = (
    "import sys, time; begun = time.perf_counter(); import joblib, mlflow.sklearn;"
    " model = joblib.load(sys.argv[1]); imported = time.perf_counter();"
    " mlflow.sklearn.save_model(model, sys.argv[2], serialization_format='pickle',"
    " pip_requirements=['scikit-learn']);"
    " print(time.perf_counter() - begun, time.perf_counter() - imported)"
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.joblib" for name in MODELS}
        for name, file in files.items():
            _python(TRAIN, name, str(file))
        write(
            "intake",
            {
                "scan_start": _scan_start(files["iris"]),
                "scan_throughput": {
                    name: _throughput(files[name]) for name in ("opcode_heavy", "array_heavy")
                },
                "conversion": _conversion(files["iris"], Path(folder)),
                "large": _large(files["large"], Path(folder)),
            },
        )


def _scan_start(file: Path) -> dict[str, Any]:
    """A scan of a small file is the start of its child."""
    scan(file)
    before = _cpu_of_children()
    times = [_seconds(lambda: scan(file)) for _ in range(2 * RUNS)]
    return {
        "what": "scan of the iris forest, warm",
        **summary(times),
        "cpu_ms": round((_cpu_of_children() - before) / len(times) * 1000, 1),
        "wanted": "at most 150 ms",
    }


def _throughput(file: Path) -> dict[str, Any]:
    scans, loads = [], []
    for _ in range(RUNS):
        scans.append(_seconds(lambda: _allowed(file)))
        loads.append(float(_python(LOAD, str(file))))
    megabytes = file.stat().st_size / 2**20
    took, baseline = statistics.median(scans), statistics.median(loads)
    return {
        "baseline": "joblib.load of the same file, its libraries imported before",
        "file_mb": round(megabytes, 1),
        "scan": summary(scans),
        "joblib_load": summary(loads),
        "scan_mb_per_second": round(megabytes / took, 1),
        "joblib_mb_per_second": round(megabytes / baseline, 1),
        "ratio": round(baseline / took, 3),
        "wanted": "at least 0.5",
    }


def _conversion(file: Path, folder: Path) -> dict[str, Any]:
    """After a first conversion, whose end prepares the next one's process, as in the app.

    save_model is told the requirements; else it would start a process only to find them out.
    """
    converter, ours, bare, saves = _converter(), [], [], []
    for run in range(RUNS + 1):
        took = _converted(converter, file, folder / f"iris-{run}")
        whole, save = map(float, _python(BARE, str(file), str(folder / f"bare-{run}")).split())
        if run:
            ours.append(took)
            bare.append(whole)
            saves.append(save)
        time.sleep(8)  # the next one's process gets ready, beside no one's work
    median = statistics.median
    return {
        "baseline": "joblib.load and mlflow.sklearn.save_model in a process of its own,"
        " interpreter's start not counted, imports counted",
        "what": "scan, conversion in a sandbox that waits, check of the artifact",
        "slipway": summary(ours),
        "save_model": summary(bare),
        "save_model_without_imports": summary(saves),
        "ratio": round(median(ours) / median(bare), 3),
        "ratio_without_imports": round(median(ours) / median(saves), 3),
        "wanted": "at most 1.3",
    }


def _large(file: Path, folder: Path) -> dict[str, Any]:
    """The growth of this very process, which plays the app."""
    converter = _converter()
    before = _resident_mb()
    peak = _Peak()
    took = _converted(converter, file, folder / "large")
    return {
        "what": f"scan and conversion of a forest of about {LARGE_MB} MB",
        "file_mb": round(file.stat().st_size / 2**20, 1),
        "seconds": round(took, 1),
        "parent_growth_mb": round(peak.stop() - before, 1),
        "wanted": "at most 50 MB",
    }


def _converter() -> SandboxedConverter:
    fields = Settings.model_fields
    return SandboxedConverter(
        timeout_seconds=fields["conversion_timeout_seconds"].default,
        memory_mb=fields["conversion_memory_mb"].default,
        cache_mb=fields["conversion_cache_mb"].default,
    )


def _converted(converter: SandboxedConverter, file: Path, into: Path) -> float:
    model = TrainedModel(
        id="00000000-0000-0000-0000-000000000001",
        user_id="00000000-0000-0000-0000-000000000002",
        model_name="forest",
        file_path="u/model.joblib",
    )
    begun = time.perf_counter()
    plan = converter.plan(converter.scan(file), model=model)
    converter.convert(file, into, plan)
    return time.perf_counter() - begun


def _allowed(file: Path) -> None:
    verdict = scan(file)
    if verdict.verdict != "allowed":
        sys.exit(f"{file.name}: {verdict.reasons}")


def _cpu_of_children() -> float:
    """Seconds, which tell what a start costs on a machine that has other work, too."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _python(code: str, *arguments: str) -> str:
    command = [sys.executable, "-W", "ignore", "-c", code, *arguments]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return run.stdout


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmRSS")


class _Peak:
    """The highest resident memory of this process, sampled until stopped."""

    def __init__(self) -> None:
        self._peak, self._stopped = _resident_mb(), threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Peak in MB."""
        self._stopped.set()
        self._thread.join()
        return self._peak

    def _sample(self) -> None:
        while not self._stopped.wait(0.05):
            self._peak = max(self._peak, _resident_mb())


if __name__ == "__main__":
    main()
