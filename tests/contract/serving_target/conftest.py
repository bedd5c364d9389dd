"""One suite, three worlds: a fake in memory, the emulator through the real SDK, real Azure.

Real Azure is opted in: SLIPWAY_TEST_REAL_WORKSPACE=1 and the AZURE_* settings of a workspace.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from devstack.ready import read_ready
from shared.azureml.gateway import AzureMLGateway
from shared.config import Settings
from shared.errors import ServingRefused
from shared.naming import DEPLOYMENT_TAG, OWNER_TAG
from shared.schemas.endpoint import DeploymentPlan, Provisioning
from tests.support.serving_target import ServingTargetFake

ROOT = Path(__file__).parents[3]
SCORE = ROOT / "tests" / "support" / "serving_target_score.py"
PINS = ["azureml-inference-server-http==1.5.1"]
START_SECONDS = 30


@dataclass
class World:
    """A ServingTarget and names of our own in it."""

    kind: str
    target: Any
    patience: float
    """Seconds that an operation may take."""
    suffix: str = field(default_factory=lambda: secrets.token_hex(3))

    @property
    def endpoint(self) -> str:
        return f"iris-{self.suffix}"

    @property
    def tags(self) -> dict[str, str]:
        return {OWNER_TAG: "ada", DEPLOYMENT_TAG: f"first-{self.suffix}"}

    def plan(self, name: str = "blue", **changes: Any) -> DeploymentPlan:
        plan = DeploymentPlan(
            endpoint_name=self.endpoint,
            deployment_name=name,
            model_name=f"slipway-{self.suffix}",
            model_version="abc123",
            environment_name="slipway-serving-suite",
            requirements=PINS,
            instance_type="Standard_DS1_v2",
            instance_count=1,
            tags=self.tags,
        )
        return plan.model_copy(update=changes)

    def settled(self, read: Callable[[], Any]) -> Any:
        """What `read` gives once no operation runs; None once the thing is gone."""
        deadline = time.monotonic() + self.patience
        while (found := read()) and found.provisioning is Provisioning.RUNNING:
            assert time.monotonic() < deadline, f"still {found.state} after {self.patience} s"
            time.sleep(0.05 if self.patience < 100 else 5)
        return found

    def with_endpoint(self) -> None:
        self.target.begin_endpoint(self.endpoint, self.tags)
        endpoint = self.settled(lambda: self.target.endpoint(self.endpoint))
        assert endpoint.provisioning is Provisioning.SUCCEEDED

    def with_deployment(self, folder: Path, name: str = "blue") -> None:
        plan = self.plan(name)
        self.target.register_model(plan.model_name, plan.model_version, folder)
        self.target.begin_deployment(plan)
        deployment = self.settled(lambda: self.target.deployment(self.endpoint, name))
        assert deployment.provisioning is Provisioning.SUCCEEDED

    def with_traffic(self, **traffic: int) -> None:
        self.target.begin_traffic(self.endpoint, traffic)
        self.settled(lambda: self.target.endpoint(self.endpoint))


@dataclass
class Emulator:
    """The running emulator, by its control API."""

    ready: dict[str, Any]
    http: httpx.Client

    def scenario(self, name: str, **changes: Any) -> None:
        self.http.put("/scenarios", json={"name": name, **changes}).raise_for_status()

    def faults(self, *faults: dict[str, Any]) -> None:
        self.http.put("/faults", json=list(faults)).raise_for_status()

    def latency(self, **seconds: float) -> None:
        self.http.put("/latency", json=seconds).raise_for_status()

    def calls(self, method: str, ending: str) -> list[dict[str, Any]]:
        found = self.http.get("/calls").raise_for_status().json()
        return [
            call for call in found if call["method"] == method and call["path"].endswith(ending)
        ]


@pytest.fixture(scope="session")
def running_emulator(tmp_path_factory):
    state = tmp_path_factory.mktemp("azureml")
    ready_file, log = state / "ready.json", (state / "log").open("w")
    command = [sys.executable, "-m", "devstack.azureml_emulator"]
    process = subprocess.Popen(
        [*command, "--state", str(state), "--ready-file", str(ready_file)],
        cwd=ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    deadline = time.monotonic() + START_SECONDS
    while (ready := read_ready(ready_file)) is None:
        assert process.poll() is None, (state / "log").read_text()
        assert time.monotonic() < deadline, (state / "log").read_text()
        time.sleep(0.05)
    with httpx.Client(base_url=ready["control_url"], trust_env=False) as http:
        yield Emulator(ready, http)
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    log.close()


@pytest.fixture
def emulator(running_emulator, monkeypatch):
    """The emulator without faults, and this process among its clients."""
    for name, value in running_emulator.ready["environment"].items():
        monkeypatch.setenv(name, value)
    yield running_emulator
    running_emulator.http.delete("/faults").raise_for_status()
    running_emulator.latency(endpoint=0, deployment=0, traffic=0, delete=0)


def settings_of(names: dict[str, Any]) -> Settings:
    fields = ("azure_subscription_id", "azure_resource_group", "azure_workspace_name")
    return Settings(
        supabase_url="http://127.0.0.1",
        supabase_anon_key="unused",
        supabase_service_key="unused",
        azure_client_id=names.get("AZURE_CLIENT_ID"),
        azure_tenant_id=names.get("AZURE_TENANT_ID"),
        azure_client_secret=names.get("AZURE_CLIENT_SECRET"),
        **{field: names[field.upper()] for field in fields},
    )


@pytest.fixture(scope="session")
def gateways():
    """One gateway for each workspace: loading the SDK takes seconds."""
    return {}


@pytest.fixture
def emulated(emulator, gateways):
    if "emulator" not in gateways:
        settings = settings_of(emulator.ready["environment"])
        gateways["emulator"] = AzureMLGateway(settings, SCORE)
    world = World("emulator", gateways["emulator"], patience=30)
    yield world
    world.target.begin_delete_endpoint(world.endpoint)


def _real(gateways):
    if os.environ.get("SLIPWAY_TEST_REAL_WORKSPACE") != "1":
        pytest.skip("real Azure: set SLIPWAY_TEST_REAL_WORKSPACE=1 and AZURE_* (it costs money)")
    if "real" not in gateways:
        gateways["real"] = AzureMLGateway(settings_of(dict(os.environ)), SCORE)
    return World("real", gateways["real"], patience=2400)


@pytest.fixture(
    params=["fake", "emulator", pytest.param("real", marks=pytest.mark.timeout(7200))],
)
def world(request, gateways):
    if request.param == "fake":
        yield World("fake", ServingTargetFake(), patience=1)
    elif request.param == "emulator":
        yield request.getfixturevalue("emulated")
    else:
        real = _real(gateways)
        yield real
        real.target.begin_delete_endpoint(real.endpoint)


@pytest.fixture
def folder(tmp_path):
    """A model folder, as small as can be."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "MLmodel").write_text("flavors: {}\n")
    return model


@pytest.fixture
def refused():
    """`with refused("code"):` expects exactly this refusal or wait."""

    def expect(code: str, kind: type[Exception] = ServingRefused) -> Any:
        return pytest.raises(kind, check=lambda error: error.code == code)

    return expect
