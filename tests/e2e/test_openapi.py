"""The API keeps to its own description: schemathesis finds no 500 and no undocumented answer."""

import json
import subprocess
import sys

import pytest

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
MINE = "deployment_id", "operation_id", "model_id"


def schemathesis(world, folder, *options: str, ids: dict[str, str]) -> str:
    """What it says of the API, asked as grace; path parameters are `ids` where they are named."""
    url = world.facts["functions_url"]
    config = folder / "schemathesis.toml"
    fixed = [f'"path.{name}" = {json.dumps(value)}\n' for name, value in ids.items()]
    config.write_text("[parameters]\n" + "".join(fixed) if ids else "")
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)),
            *("run", f"{url}/openapi.json", "--url", url),
            *("--header", f"Authorization: Bearer {world.grace.token}"),
            *("--checks", CHECKS, "--phases", "examples,coverage,fuzzing"),
            *("--generation-deterministic", "--no-color"),
            *("--exclude-path-regex", "^/(docs|openapi)", *options),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert "Failures:" not in run.stdout
    return run.stdout


def test_nothing_that_schemathesis_sends_gets_an_undocumented_answer(world, tmp_path):
    told = schemathesis(world, tmp_path, "--max-examples", "25", ids={})
    assert f"Tested: {operations(world)}" in told


@pytest.fixture
def mine(world):
    """Ids of a live deployment of grace's and of what belongs to it; gone afterwards."""
    made = world.grace.active()
    yield dict(zip(MINE, (made["id"], made["id"], made["model_id"]), strict=True))
    world.grace.delete(made["id"])


def test_things_that_are_there_are_answered_as_described_too(world, mine, tmp_path):
    named = "|".join(f"{{{name}}}" for name in MINE)
    only = ("--include-path-regex", named, "--exclude-method", "DELETE")
    told = schemathesis(world, tmp_path, *only, "--max-examples", "15", ids=mine)
    assert "Tested: 9" in told
    shown = world.grace.detail(mine["deployment_id"])
    assert shown["status"] == "active", "nothing of it has broken the deployment"


def operations(world) -> int:
    paths = world.ada.api.get("/openapi.json").json()["paths"]
    return sum(
        len(methods) for path, methods in paths.items() if path not in ("/docs", "/openapi.json")
    )
