"""The API keeps to its own description: schemathesis finds no 500 and no undocumented answer."""

import subprocess
import sys

import httpx

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)


def test_nothing_that_schemathesis_sends_gets_an_undocumented_answer(world, tmp_path):
    url = world.facts["functions_url"]
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json"),
            *("--url", url, "--header", f"Authorization: Bearer {world.grace.token}"),
            *("--checks", CHECKS, "--phases", "examples,coverage,fuzzing"),
            *("--max-examples", "25", "--generation-deterministic", "--no-color"),
            *("--exclude-path-regex", "^/(docs|openapi)"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert "Failures:" not in run.stdout
    paths = httpx.get(f"{url}/openapi.json").json()["paths"]
    described = sum(
        len(paths[path]) for path in paths if not path.startswith(("/docs", "/openapi"))
    )
    assert f"Tested: {described}" in run.stdout
