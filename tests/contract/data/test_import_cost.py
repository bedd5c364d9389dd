"""Cold start: the app imports the data layer at once, and its libraries when they are needed."""

import subprocess
import sys

from tests.support.world import ROOT

MODULES = ("user_data", "records", "files", "connection", "calls")


def test_importing_the_adapters_loads_none_of_the_libraries_that_take_long() -> None:
    code = "import sys, shared.identity.tokens, " + ", ".join(
        f"shared.adapters.supabase.{name}" for name in MODULES
    )
    code += "; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {
        "supabase",
        "postgrest",
        "storage3",
        "realtime",
        "numpy",
        "pandas",
        "sklearn",
        "mlflow",
    }
    assert heavy.isdisjoint(loaded)
    assert "shared" in loaded
