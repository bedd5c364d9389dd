"""Cold start is a feature: what the app's import may not pull in."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = ("azure.ai.ml", "mlflow", "sklearn", "pandas", "numpy")
SETTINGS = {
    "SUPABASE_URL": "http://127.0.0.1:1",
    "SUPABASE_ANON_KEY": "p",
    "SUPABASE_SERVICE_KEY": "s",
    "AZURE_SUBSCRIPTION_ID": "s",
    "AZURE_RESOURCE_GROUP": "g",
    "AZURE_WORKSPACE_NAME": "w",
}


def python(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_importing_the_app_loads_none_of_the_heavy_libraries():
    code = f"import sys, function_app; print([m for m in {HEAVY!r} if m in sys.modules])"
    run = python(code, SETTINGS)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "[]"


def test_without_settings_the_app_says_which_and_shows_no_traceback():
    run = python("import function_app", {})
    assert run.returncode == 1
    assert "SUPABASE_URL: is missing" in run.stderr
    assert "AZURE_WORKSPACE_NAME: is missing" in run.stderr
    assert "Traceback" not in run.stderr
