"""The worlds that the ServingTarget suite runs in, and how a test finds its way in them."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from shared.adapters.targets.azureml.assets import ScoringCode
from shared.config import Settings
from shared.domain.deployment import DeploymentSpec
from shared.domain.endpoint import DeploymentPlan, Marks, Provisioning
from shared.domain.traffic import TrafficSplit

ROOT = Path(__file__).parents[2]
SCORING = ScoringCode(ROOT / "tests" / "support" / "serving_target_code")
PINS = ["azureml-inference-server-http==1.5.1"]


@dataclass
class World:
    """A ServingTarget and names of our own in it."""

    kind: str
    target: Any
    settles_within: float
    """Seconds that an operation may take."""
    suffix: str = field(default_factory=lambda: secrets.token_hex(3))

    @property
    def endpoint(self) -> str:
        return f"iris-{self.suffix}"

    @property
    def marks(self) -> Marks:
        return Marks(owner="ada", deployment=f"first-{self.suffix}", project="suite")

    def plan(self, name: str = "blue", **changes: Any) -> DeploymentPlan:
        plan = DeploymentPlan(
            endpoint_name=self.endpoint,
            deployment_name=name,
            model_name=f"slipway-{self.suffix}",
            model_version="abc123",
            environment_name="slipway-serving-suite",
            requirements=PINS,
            spec=DeploymentSpec(
                model_id="5e1f0d2c-0000-4000-8000-000000000001",
                deployment_name=name,
                endpoint_name=self.endpoint,
                environment_variables={"GREETING": "hello"},
            ),
            marks=self.marks,
        )
        return plan.model_copy(update=changes)

    def settled(self, read: Callable[[], Any]) -> Any:
        """What `read` gives once no operation runs; None once the thing is gone."""
        deadline = time.monotonic() + self.settles_within
        while (found := read()) and found.provisioning.runs:
            assert time.monotonic() < deadline, (
                f"still {found.provisioning} after {self.settles_within} s"
            )
            time.sleep(0.05 if self.settles_within <= 100 else 5)
        return found

    def with_endpoint(self) -> None:
        self.target.provisioning.put_endpoint(self.endpoint, self.marks)
        endpoint = self.settled(lambda: self.target.provisioning.endpoint(self.endpoint))
        assert endpoint.provisioning is Provisioning.SUCCEEDED

    def with_deployment(self, folder: Path, name: str = "blue") -> None:
        plan = self.plan(name)
        self.target.provisioning.register_model(plan.model_name, plan.model_version, folder)
        self.target.provisioning.put_deployment(plan)
        deployment = self.settled(lambda: self.target.provisioning.deployment(self.endpoint, name))
        assert deployment.provisioning is Provisioning.SUCCEEDED

    def with_traffic(self, **traffic: int) -> None:
        self.target.provisioning.put_traffic(self.endpoint, TrafficSplit(traffic=traffic))
        self.settled(lambda: self.target.provisioning.endpoint(self.endpoint))


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

    def datastores_by(self, mode: str) -> None:
        """How the workspace's own datastores are opened: by `accesskey` or by `identity`."""
        self.http.put("/datastore-access", json={"mode": mode}).raise_for_status()

    def calls(self, method: str, ending: str) -> list[dict[str, Any]]:
        found = self.http.get("/calls").raise_for_status().json()
        return [
            call for call in found if call["method"] == method and call["path"].endswith(ending)
        ]


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
