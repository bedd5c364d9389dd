"""The app as the platform indexes it: every function, its trigger, its route."""

import json
from pathlib import Path

from tests.architecture.test_cold_start import SETTINGS, python

ROOT = Path(__file__).parents[2]
INDEX = """
import json, function_app
print(json.dumps({f.get_function_name(): [f.get_trigger().get_binding_name(),
    getattr(f.get_trigger(), "route", None)] for f in function_app.app.get_functions()}))
"""


def functions() -> dict[str, list[str]]:
    run = python(INDEX, SETTINGS)
    assert run.returncode == 0, run.stderr
    indexed: dict[str, list[str]] = json.loads(run.stdout)
    return indexed


def test_every_phase_file_is_an_activity_of_its_own_name_and_every_orchestrator_too():
    indexed = functions()
    phases = {file.stem for file in (ROOT / "activities").glob("*.py")}
    phases -= {"__init__"}
    assert {n for n, (kind, _) in indexed.items() if kind == "activityTrigger"} == phases
    orchestrators = {n for n, (kind, _) in indexed.items() if kind == "orchestrationTrigger"}
    assert orchestrators == {
        "deploy_model",
        "stage_model",
        "open_endpoint",
        "delete_deployment",
        "rotate_keys",
        "change_traffic",
        "roll_back",
        "sleep_deployment",
        "wake_deployment",
        "deploy_batch",
        "deploy_in_turn",
        "update_deployment",
    }


def test_the_timers_are_these():
    found = {name for name, (kind, _) in functions().items() if kind == "timerTrigger"}
    assert found == {"apply_limits", "begin_due", "recover_rows", "refresh_sizes", "sweep"}


def test_the_routes_are_the_documented_ones():
    routes = {route for kind, route in functions().values() if kind == "httpTrigger"}
    assert routes == {
        "deployments/deploy",
        "deployments/estimate",
        "deployments/list",
        "deployments/stats",
        "deployments/{deployment_id:guid}",
        "deployments/{deployment_id:guid}/keys",
        "deployments/{deployment_id:guid}/keys/rotate",
        "deployments/{deployment_id:guid}/logs",
        "deployments/{deployment_id:guid}/retry",
        "deployments/{deployment_id:guid}/score",
        "deployments/{deployment_id:guid}/swagger",
        "deployments/{deployment_id:guid}/sleep",
        "deployments/{deployment_id:guid}/wake",
        "deployments/{deployment_id:guid}/release/pause",
        "deployments/{deployment_id:guid}/release/resume",
        "deployments/{deployment_id:guid}/release/abort",
        "endpoints",
        "endpoints/{endpoint_name}",
        "endpoints/{endpoint_name}/traffic",
        "endpoints/{endpoint_name}/rollback",
        "operations/{operation_id:guid}",
        "models",
        "models/{model_id:guid}",
        "deployments/batch",
        "batches/{batch_id:guid}",
        "templates",
        "templates/{template_id:guid}",
        "instance-types",
        "limits",
        "healthz",
        "openapi.json",
        "docs",
        "{*path}",
    }


def test_what_takes_every_path_is_tried_last_even_by_a_host_that_goes_by_the_names():
    """Some versions of the platform sort routes by how specific they are, some by these names."""
    routes = {name: route for name, (kind, route) in functions().items() if kind == "httpTrigger"}
    assert routes[max(routes)] == "{*path}"


def test_the_app_file_stays_a_glance():
    assert len((ROOT / "function_app.py").read_text().splitlines()) <= 30
