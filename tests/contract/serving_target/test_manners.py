"""How the gateway behaves towards Azure ML and towards the process it lives in."""

import json
import subprocess
import sys
import threading

import pytest

from shared.adapters.targets.azureml.target import AzureMLTarget
from shared.domain.endpoint import Provisioning
from shared.domain.traffic import TrafficSplit
from shared.errors import TransientError
from tests.support.serving_target_world import ROOT, SCORING, settings_of

pytestmark = pytest.mark.contract

ROWS = b'{"data": [{"x": 1.0}]}'


def test_importing_the_adapter_loads_no_sdk():
    script = """
import pkgutil, sys, importlib
from shared.adapters.targets import azureml
for module in pkgutil.iter_modules(azureml.__path__, f"{azureml.__name__}."):
    if not module.ispkg and module.name != "shared.adapters.targets.azureml.policies":
        importlib.import_module(module.name)
heavy = {"azure.ai.ml", "azure.core", "azure.identity", "mlflow", "sklearn", "pandas", "numpy"}
print(sorted(heavy & set(sys.modules)))
"""
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_a_workspace_whose_datastores_have_no_keys_takes_models_too(emulated, emulator, folder):
    emulator.datastores_by("identity")
    (folder / "MLmodel").write_text(f"not uploaded before: {emulated.suffix}\n")
    emulator.http.delete("/calls").raise_for_status()
    emulated.target.provisioning.register_model(f"slipway-{emulated.suffix}", "abc123", folder)
    written = emulator.calls("PUT", "/MLmodel")
    assert written
    assert not any("sig=" in call["query"] for call in written)


def test_a_begun_operation_is_watched_by_nobody(emulated, emulator, folder):
    emulator.http.delete("/calls").raise_for_status()
    emulator.latency(endpoint=600)
    emulated.target.provisioning.put_endpoint(emulated.endpoint, emulated.marks)
    assert (
        emulated.target.provisioning.endpoint(emulated.endpoint).provisioning
        is Provisioning.CREATING
    )
    emulated.target.provisioning.delete_endpoint(emulated.endpoint)
    assert (
        emulated.settled(lambda: emulated.target.provisioning.endpoint(emulated.endpoint)) is None
    )
    emulator.latency(endpoint=0.5, deployment=0.5, traffic=0.5, delete=0.5)
    emulated.with_endpoint()
    emulated.with_deployment(folder)
    emulated.with_traffic(blue=100)
    emulated.target.provisioning.replace_key(emulated.endpoint, "primary")
    emulated.settled(lambda: emulated.target.provisioning.endpoint(emulated.endpoint))
    emulated.target.provisioning.delete_endpoint(emulated.endpoint)
    assert (
        emulated.settled(lambda: emulated.target.provisioning.endpoint(emulated.endpoint)) is None
    )
    polled = [call for call in emulator.calls("GET", "") if "perations" in call["path"]]
    assert polled == []
    assert not [each for each in threading.enumerate() if each.name.startswith("LROPoller")]


def test_what_runs_is_not_begun_again(emulated, emulator, refused, folder):
    emulator.latency(endpoint=1, deployment=1, delete=1)
    emulated.target.provisioning.put_endpoint(emulated.endpoint, emulated.marks)
    with refused("endpoint_busy", TransientError):
        emulated.target.provisioning.put_endpoint(emulated.endpoint, emulated.marks)
    emulated.settled(lambda: emulated.target.provisioning.endpoint(emulated.endpoint))
    plan = emulated.plan()
    emulated.target.provisioning.register_model(plan.model_name, plan.model_version, folder)
    emulated.target.provisioning.put_deployment(plan)
    with refused("endpoint_busy", TransientError):
        emulated.target.provisioning.put_deployment(plan)
    emulated.settled(lambda: emulated.target.provisioning.deployment(emulated.endpoint, "blue"))
    for _ in range(2):
        emulated.target.provisioning.delete_deployment(emulated.endpoint, "blue")
    emulated.settled(lambda: emulated.target.provisioning.deployment(emulated.endpoint, "blue"))
    path = f"/onlineEndpoints/{emulated.endpoint}"
    assert len(emulator.calls("PUT", path)) == 1
    assert len(emulator.calls("PUT", f"{path}/deployments/blue")) == 1
    assert len(emulator.calls("DELETE", f"{path}/deployments/blue")) == 1


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "1"}])
@pytest.mark.parametrize(
    "ask",
    [
        lambda world: world.target.preflight.workspace(),
        lambda world: world.target.preflight.quota("Standard_DS1_v2"),
        lambda world: world.target.provisioning.endpoint(world.endpoint),
        lambda world: world.target.provisioning.deployment(world.endpoint, "blue"),
        lambda world: world.target.provisioning.endpoints(),
    ],
)
def test_a_throttled_service_is_left_alone(emulated, emulator, refused, ask, headers):
    throttled = {"match": {"host_regex": "^management"}, "times": None, "status": 429}
    emulator.faults({**throttled, "body": None, "headers": headers})
    emulator.http.delete("/calls").raise_for_status()
    with refused("throttled", TransientError):
        ask(emulated)
    assert len(emulator.calls("GET", "")) == 1


def test_trouble_of_the_service_is_tried_again_at_once(emulated, emulator):
    emulator.faults({"match": {"host_regex": "^management"}, "status": 503, "body": None})
    assert emulated.target.preflight.workspace().name


def test_nothing_is_changed_while_the_endpoint_changes(emulated, emulator, refused):
    emulator.latency(endpoint=600)
    emulated.target.provisioning.put_endpoint(emulated.endpoint, emulated.marks)
    with refused("endpoint_busy", TransientError):
        emulated.target.provisioning.put_traffic(emulated.endpoint, TrafficSplit(traffic={}))
    with refused("endpoint_busy", TransientError):
        emulated.target.provisioning.put_deployment(emulated.plan())


def test_an_endpoint_being_removed_is_not_made_again_too_early(emulated, emulator, refused):
    emulated.with_endpoint()
    emulator.latency(delete=3)
    emulated.target.provisioning.delete_endpoint(emulated.endpoint)
    with refused("endpoint_busy", TransientError):
        emulated.target.provisioning.put_endpoint(emulated.endpoint, emulated.marks)
    assert (
        emulated.settled(lambda: emulated.target.provisioning.endpoint(emulated.endpoint)) is None
    )
    emulated.with_endpoint()


def test_the_process_hears_nothing_of_the_sdk(emulated, folder, capfd):
    emulated.with_endpoint()
    emulated.with_deployment(folder)
    emulated.with_traffic(blue=100)
    heard = capfd.readouterr()
    assert heard.out == ""
    assert heard.err == ""


def test_code_and_environment_are_registered_once(emulated, emulator, folder):
    emulated.with_endpoint()
    emulated.with_deployment(folder)
    emulator.http.delete("/calls").raise_for_status()
    emulated.with_deployment(folder, "green")
    written = [call["path"] for call in emulator.calls("PUT", "")]
    assert len(written) == 1
    assert written[0].endswith("/deployments/green")


def test_variables_reach_the_container(emulated, folder):
    emulated.with_endpoint()
    emulated.with_deployment(folder)
    emulated.with_traffic(blue=100)
    asked = json.dumps({"variable": "GREETING"}).encode()
    assert json.loads(emulated.target.inference.score(emulated.endpoint, asked).body) == "hello"


def test_traffic_leaves_everything_else_as_it_was(emulated, emulator, folder):
    emulated.with_endpoint()
    emulated.with_deployment(folder)
    client = emulated.target.connection.client
    edited = client.online_endpoints.get(emulated.endpoint)
    edited.description, edited.tags = "Edited in the studio.", {**edited.tags, "cost": "42"}
    client.online_endpoints.begin_create_or_update(edited)
    emulated.settled(lambda: emulated.target.provisioning.endpoint(emulated.endpoint))
    before = client.online_endpoints.get(emulated.endpoint)
    emulated.with_traffic(blue=100)
    after = client.online_endpoints.get(emulated.endpoint)
    assert after.traffic == {"blue": 100}
    assert (after.description, after.tags) == ("Edited in the studio.", before.tags)
    assert (after.auth_mode, after.identity.type) == (before.auth_mode, before.identity.type)
    assert after.identity.principal_id == before.identity.principal_id


def test_capital_letters_in_a_deployments_name_do_not_stand_in_its_way(emulated, folder):
    emulated.with_endpoint()
    emulated.with_deployment(folder, "Blue-One")
    emulated.target.provisioning.put_traffic(
        emulated.endpoint, TrafficSplit(traffic={"Blue-One": 100})
    )
    endpoint = emulated.settled(lambda: emulated.target.provisioning.endpoint(emulated.endpoint))
    assert endpoint.traffic == {"blue-one": 100}
    assert emulated.target.inference.score(emulated.endpoint, ROWS).status == 200


def test_a_key_rotated_elsewhere_is_fetched_anew(emulated, emulator, folder):
    emulated.with_endpoint()
    emulated.with_deployment(folder)
    assert emulated.target.inference.score(emulated.endpoint, ROWS, deployment="blue").status == 200
    elsewhere = AzureMLTarget(settings_of(emulator.ready["environment"]), SCORING)
    elsewhere.provisioning.replace_key(emulated.endpoint, "primary")
    emulated.settled(lambda: emulated.target.provisioning.endpoint(emulated.endpoint))
    assert emulated.target.inference.score(emulated.endpoint, ROWS, deployment="blue").status == 200


def test_the_quota_is_that_of_the_instance_types_family(emulated, emulator):
    emulator.http.put("/quota", json={"Standard_F4s_v2": {"limit": 6}}).raise_for_status()
    assert emulated.target.preflight.quota("Standard_F4s_v2").limit == 6
    assert emulated.target.preflight.quota("Standard_DS1_v2").limit != 6
    emulator.http.put("/quota", json={"Standard_F4s_v2": {"limit": 100}}).raise_for_status()


def test_a_service_principal_works_where_the_settings_hold_one(emulator):
    ready = emulator.ready
    secret = {"AZURE_TENANT_ID": ready["tenant_id"], "AZURE_CLIENT_SECRET": ready["client_secret"]}
    gateway = AzureMLTarget(settings_of(ready["environment"] | secret))
    assert gateway.preflight.workspace().name == ready["workspace_name"]


def test_threads_share_one_client(emulator):
    gateway = AzureMLTarget(settings_of(emulator.ready["environment"]))
    clients = []
    threads = [
        threading.Thread(target=lambda: clients.append(gateway.connection.client)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(clients) == 8
    assert len(set(map(id, clients))) == 1
