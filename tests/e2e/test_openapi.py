"""The API keeps to its own description: schemathesis finds no 500 and no undocumented answer."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.exhaustive

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
ALL = ("--phases", "examples,coverage,fuzzing", "--max-examples", "15")
SCORE = "/deployments/{deployment_id}/score"


@pytest.fixture(scope="module")
def visitor(session_world):
    """A user of their own: what schemathesis finds in one reply it removes with the next."""
    return session_world.new_user()


@pytest.fixture(scope="module")
def ids(session_world, visitor):
    """Of a live deployment of the visitor's, and of what belongs to it."""
    model = visitor.upload(session_world.ada.model_file())
    batch = visitor.api.post("/deployments/batch", json={"deployments": [{"model_id": model}]})
    [made] = batch.raise_for_status().json()["deployments"]
    made = visitor.settled(made["deployment_id"])
    template = visitor.api.post("/templates", json={"name": "small", "settings": {}})
    return {
        "deployment_id": made["id"],
        "operation_id": made["id"],
        "endpoint_name": made["endpoint_name"],
        "batch_id": batch.json()["batch_id"],
        "model_id": model,
        "template_id": template.raise_for_status().json()["id"],
    }


def ask(user, folder, *options: str, ids: dict[str, str] | None = None) -> int:
    """How many operations schemathesis has asked, as this user, without finding anything wrong.

    `ids`: what path parameters are, in place of what it makes up.
    """
    url = user.world.facts["functions_url"]
    config = folder / "schemathesis.toml"
    fixed = [f'"path.{name}" = {json.dumps(value)}\n' for name, value in (ids or {}).items()]
    config.write_text("".join(["[parameters]\n", *fixed]) if ids else "")
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)),
            *("run", f"{url}/openapi.json", "--url", url),
            *("--header", f"Authorization: Bearer {user.token}"),
            *("--checks", CHECKS, "--generation-deterministic", "--no-color", *options),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert "Failures:" not in run.stdout
    return int(run.stdout.partition("Tested: ")[2].split()[0])


def without(*methods: str) -> list[str]:
    """The options that leave these out."""
    return [option for each in methods for option in ("--exclude-method", each.upper())]


def operations(user, paths: str = "", but: tuple[str, ...] = ()) -> int:
    document = user.api.get("/openapi.json").json()["paths"]
    return sum(
        method not in but
        for path, methods in document.items()
        for method in methods
        if paths in path and path not in ("/docs", "/openapi.json", SCORE)
    )


# What sleeps answers nothing else; sleeping itself is asked with made-up ids below.
OF_THESE = (*ALL, "--include-path-regex", r"\{", "--exclude-path-regex", "score|/sleep$")


@pytest.mark.timeout(600)  # it deploys first
def test_things_that_are_there_are_answered_as_described(visitor, ids, tmp_path):
    asked = ask(visitor, tmp_path, *OF_THESE, *without("delete", "patch"), ids=ids)
    assert asked == operations(visitor, "{", but=("delete", "patch")) - 1
    shown = visitor.detail(ids["deployment_id"])
    assert shown["status"] == "active", "nothing of it has broken the deployment"


def test_a_live_deployment_answers_any_rows_as_described(visitor, ids, tmp_path):
    """By fuzzing alone: the description of a score request has hundreds of corners."""
    few = ("--phases", "fuzzing", "--max-examples", "60", "--include-path-regex", "score")
    assert ask(visitor, tmp_path, *few, ids=ids) == 1


def test_things_that_are_there_are_changed_as_described(visitor, ids, tmp_path):
    """After those above: an expiry that is made up may be a moment away."""
    others = ("get", "post", "put", "delete")
    asked = ask(visitor, tmp_path, *OF_THESE, *without(*others), ids=ids)
    assert asked == operations(visitor, "{", but=others) > 0


def test_nothing_that_schemathesis_makes_up_gets_an_undocumented_answer(visitor, tmp_path):
    others = ("--exclude-path-regex", "^/(docs|openapi)|score")
    assert ask(visitor, tmp_path, *ALL, *others) == operations(visitor)
