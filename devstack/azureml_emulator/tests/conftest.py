from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from azure.ai.ml import MLClient
from azure.ai.ml.entities import Environment, ManagedOnlineDeployment, Model

from devstack.azureml_emulator.tests.support import sdk
from devstack.azureml_emulator.tests.support.emulator import Emulator


@dataclass
class Assets:
    """A registered model and environment, and score.py on disk: all that a deployment needs."""

    model: Model
    environment: Environment
    code: Path

    def deployment(self, name: str, endpoint: str, **options: object) -> ManagedOnlineDeployment:
        return sdk.deployment(
            name,
            endpoint,
            model=self.model,
            environment=self.environment,
            code=self.code,
            **options,  # type: ignore[arg-type]
        )


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    running = Emulator(tmp_path_factory.mktemp("azureml") / "state")
    yield running
    assert running.stop() == 0, running.log()


@pytest.fixture(autouse=True)
def emulated_environment(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that a client needs, for the SDK in this process; gone after each test."""
    for name, value in emulator.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def ml(emulator: Emulator) -> MLClient:
    return sdk.connect(emulator)


@pytest.fixture
def control(emulator: Emulator) -> Iterator[httpx.Client]:
    """The control API; what a test sets is undone after it."""
    with emulator.control() as client:
        before = client.get("/latency").json()
        quota = client.get("/quota").json()
        yield client
        client.delete("/faults").raise_for_status()
        client.put("/latency", json=before).raise_for_status()
        limits = {family: {"limit": known["limit"]} for family, known in quota.items()}
        client.put("/quota", json=limits).raise_for_status()
        client.put("/taken-names", json=[]).raise_for_status()
        client.put("/datastore-access", json={"mode": "accesskey"}).raise_for_status()


@pytest.fixture
def arm(emulator: Emulator) -> Iterator[httpx.Client]:
    with emulator.arm() as client:
        yield client


@pytest.fixture
def https(emulator: Emulator) -> Iterator[httpx.Client]:
    with emulator.https() as client:
        yield client


@pytest.fixture(scope="session")
def assets(
    ml: MLClient, emulator: Emulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Assets]:
    folder = tmp_path_factory.mktemp("assets")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in emulator.environment.items():
            patch.setenv(name, value)
        yield Assets(
            sdk.register(ml, folder),
            sdk.environment(ml, "served", sdk.SERVER),
            sdk.code(folder),
        )


@pytest.fixture(scope="session")
def live(ml: MLClient, emulator: Emulator, assets: Assets) -> str:
    """An endpoint whose deployment `blue` takes all traffic."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in emulator.environment.items():
            patch.setenv(name, value)
        sdk.create_endpoint(ml, "live-endpoint", tags={"owner": "tests"})
        sdk.deploy(ml, assets.deployment("blue", "live-endpoint"))
        sdk.set_traffic(ml, "live-endpoint", blue=100)
    return "live-endpoint"
