"""A ServingTarget in memory: the same promises as the gateway, without Azure.

An operation is over after `settle_after` reads of its resource, so that whoever waits must look.
`fail_next_deployment` makes the next one end as Failed, for the reason given; `front_door` is the
status with which every prediction is answered, where it is not None.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from shared.domain.catalogue import CATALOGUE, InstanceType
from shared.domain.endpoint import (
    AutoscaleSetting,
    Deployment,
    DeploymentPlan,
    Endpoint,
    Keys,
    Marks,
    Prediction,
    Provisioning,
    WhichKey,
    Workspace,
)
from shared.domain.metrics import Served
from shared.domain.model import ModelVersion
from shared.domain.naming import LEGAL_NAME, NAME_RULE, NameRules
from shared.domain.quota import Quota
from shared.domain.release import Autoscale
from shared.domain.traffic import TrafficSplit
from shared.errors.serving import (
    BadArgument,
    DeploymentMissing,
    EndpointVanished,
    OperationFailed,
    QuotaTooSmall,
)
from shared.errors.waiting import EndpointBusy
from shared.ports.serving_target import Capabilities, Metrics


@dataclass
class Operation:
    """Where a resource is, and where it goes when its operation is over; None: it is gone."""

    state: Provisioning
    becomes: Provisioning | None
    reads: int


@dataclass
class FakeDeployment:
    plan: DeploymentPlan
    operation: Operation
    instances: int
    variables: dict[str, str]
    failure: Exception | None = None


@dataclass
class FakeEndpoint:
    name: str
    marks: Marks
    operation: Operation
    failure: Exception | None = None
    traffic: dict[str, int] = field(default_factory=dict)
    mirror: dict[str, int] = field(default_factory=dict)
    deployments: dict[str, FakeDeployment] = field(default_factory=dict)
    key_generation: dict[str, int] = field(default_factory=lambda: {"primary": 0, "secondary": 0})


class ServingTargetFake:
    """All faces of the port in one object."""

    kind = "fake"
    names = NameRules(LEGAL_NAME, NAME_RULE)
    can = Capabilities()

    def __init__(self, *, settle_after: int = 1, cores: int = 100) -> None:
        self.provisioning = self.inference = self.preflight = self
        self.metrics: Metrics | None = self
        self.settle_after = settle_after
        self.cores = cores
        self.front_door: int | None = None
        self.measured: dict[str, Served] = {}
        """What the metrics say of each deployment, by its name in small letters."""
        self.models: set[tuple[str, str]] = set()
        self.begun: list[str] = []
        """Every operation that really began, in order: `put endpoint iris`, ..."""
        self._endpoints: dict[str, FakeEndpoint] = {}
        self.autoscales: dict[tuple[str, str], tuple[Autoscale, Marks]] = {}
        """By endpoint and deployment; they outlive both."""
        self._next_failure: Exception | None = None
        self._next_endpoint_failure: Exception | None = None

    def fail_next_endpoint(self, failure: Exception) -> None:
        self._next_endpoint_failure = failure

    def fail_next_deployment(self, failure: Exception) -> None:
        self._next_failure = failure

    def workspace(self) -> Workspace:
        return Workspace(name="fake", location="westeurope")

    def quotas(self, instance_types: Sequence[str]) -> list[Quota]:
        return [self.quota(name) for name in instance_types]

    def instance_types(self) -> list[InstanceType]:
        return list(CATALOGUE.values())

    def quota(self, instance_type: str) -> Quota:
        there = [each for here in self._endpoints.values() for each in here.deployments.values()]
        used = sum(
            CATALOGUE[each.plan.spec.instance_type].cores_of_quota(each.instances) for each in there
        )
        return Quota(instance_type=instance_type, used=used, limit=self.cores)

    def endpoint(self, name: str) -> Endpoint | None:
        found = self._endpoints.get(name)
        if found is None or self._over(found.operation):
            self._endpoints.pop(name, None)
            return None
        uri = f"https://{name}.westeurope.inference.example"
        ready = found.operation.becomes is not None
        return Endpoint(
            name=name,
            provisioning=found.operation.state,
            marks=found.marks,
            traffic=dict(found.traffic),
            mirror=dict(found.mirror),
            scoring_uri=f"{uri}/score" if ready else None,
            swagger_uri=f"{uri}/swagger.json" if ready else None,
        )

    def endpoints(self) -> list[Endpoint]:
        found = [self.endpoint(name) for name in list(self._endpoints)]
        return [each for each in found if each and each.marks.owner]

    def put_endpoint(self, name: str, marks: Marks) -> None:
        found = self._endpoints.get(name)
        if found is not None and found.operation.state.runs:
            raise _busy(name)
        failure, self._next_endpoint_failure = self._next_endpoint_failure, None
        ends = Provisioning.FAILED if failure else Provisioning.SUCCEEDED
        operation = self._begin(Provisioning.CREATING, ends)
        if found is None:
            self._endpoints[name] = FakeEndpoint(name, marks, operation, failure=failure)
        else:
            found.marks, found.operation, found.failure = marks, operation, failure
        self.begun.append(f"put endpoint {name}")

    def delete_endpoint(self, name: str) -> None:
        found = self._endpoints.get(name)
        if found and found.operation.state is not Provisioning.REMOVING:
            found.operation = self._begin(Provisioning.REMOVING, None)
            self.begun.append(f"delete endpoint {name}")

    def register_model(self, name: str, version: str, folder: Path) -> ModelVersion:
        if not folder.is_dir():
            raise BadArgument("There is no such folder.", fix="Give one.")
        self.models.add((name, version))
        return ModelVersion(name=name, version=version)

    def deployment(self, endpoint_name: str, name: str) -> Deployment | None:
        endpoint = self._endpoints.get(endpoint_name)
        found = endpoint.deployments.get(name) if endpoint else None
        if endpoint is None or found is None:
            return None
        if self._over(found.operation):
            del endpoint.deployments[name]
            return None
        return Deployment(
            name=name,
            provisioning=found.operation.state,
            marks=found.plan.marks,
            instance_type=found.plan.spec.instance_type,
            instance_count=found.instances,
            environment_variables=dict(found.variables),
        )

    def deployments(self, endpoint_name: str) -> list[Deployment]:
        endpoint = self._endpoints.get(endpoint_name)
        names = list(endpoint.deployments) if endpoint else []
        found = [self.deployment(endpoint_name, name) for name in names]
        return [each for each in found if each]

    def put_deployment(self, plan: DeploymentPlan) -> None:
        endpoint = self._settled(plan.endpoint_name)
        existing = endpoint.deployments.get(plan.deployment_name)
        if existing and existing.operation.state.runs:
            raise _busy(plan.endpoint_name)
        quota = self.quota(plan.spec.instance_type)
        needed = CATALOGUE[plan.spec.instance_type].cores_of_quota(plan.spec.instance_count)
        if needed > quota.left:
            raise QuotaTooSmall.of(quota, plan.spec.instance_count)
        failure, self._next_failure = self._next_failure, None
        ends = Provisioning.FAILED if failure else Provisioning.SUCCEEDED
        operation = self._begin(Provisioning.CREATING, ends)
        instances = existing.instances if existing else plan.spec.instance_count
        endpoint.deployments[plan.deployment_name] = FakeDeployment(
            plan, operation, instances, dict(plan.spec.environment_variables), failure
        )
        self.begun.append(f"put deployment {plan.deployment_name}")

    def delete_deployment(self, endpoint_name: str, name: str) -> None:
        endpoint = self._endpoints.get(endpoint_name)
        found = endpoint.deployments.get(name) if endpoint else None
        if found and found.operation.state is not Provisioning.REMOVING:
            found.operation = self._begin(Provisioning.REMOVING, None)
            self.begun.append(f"delete deployment {name}")

    def put_instances(self, endpoint_name: str, name: str, count: int) -> None:
        self._change(endpoint_name, name).instances = count
        self.begun.append(f"{count} instances of {name}")

    def put_variables(self, endpoint_name: str, name: str, variables: dict[str, str]) -> None:
        self._change(endpoint_name, name).variables = dict(variables)
        self.begun.append(f"variables of {name}")

    def put_autoscale(self, endpoint_name: str, name: str, wanted: Autoscale, marks: Marks) -> None:
        self.autoscales[(endpoint_name, name)] = (wanted, marks)
        self.begun.append(f"autoscale {name}")

    def delete_autoscale(self, endpoint_name: str, name: str) -> None:
        if self.autoscales.pop((endpoint_name, name), None):
            self.begun.append(f"no autoscale {name}")

    def autoscale_settings(self) -> list[AutoscaleSetting]:
        return [
            AutoscaleSetting(endpoint_name=endpoint, deployment_name=name, marks=marks)
            for (endpoint, name), (_, marks) in self.autoscales.items()
        ]

    def _change(self, endpoint_name: str, name: str) -> FakeDeployment:
        """Its operation begins; it ends as `fail_next_deployment` has said."""
        found = self._require(endpoint_name, name)
        if found.operation.state.runs:
            raise _busy(endpoint_name)
        found.failure, self._next_failure = self._next_failure, None
        ends = Provisioning.FAILED if found.failure else Provisioning.SUCCEEDED
        found.operation = self._begin(Provisioning.CHANGING, ends)
        return found

    def put_traffic(self, endpoint_name: str, wanted: TrafficSplit) -> None:
        endpoint = self._settled(endpoint_name)
        shares = {name: share for name, share in wanted.traffic.items() if share}
        mirror = {name: share for name, share in wanted.mirror.items() if share}
        for name in shares | mirror:
            self._require(endpoint_name, name)
        if (shares, mirror) != (endpoint.traffic, endpoint.mirror):
            endpoint.traffic, endpoint.mirror = shares, mirror
            endpoint.operation = self._begin(Provisioning.CHANGING)
            self.begun.append(f"traffic {shares}")

    def why_endpoint_failed(self, name: str) -> Exception:
        unexplained = OperationFailed(f"Azure ML could not provision the endpoint {name}.")
        return self._endpoint(name).failure or unexplained

    def why_deployment_failed(self, endpoint_name: str, name: str) -> Exception:
        found = self._require(endpoint_name, name)
        return found.failure or self.why_endpoint_failed(endpoint_name)

    def score(
        self,
        endpoint_name: str,
        payload: bytes,
        *,
        deployment: str | None = None,
        timeout_seconds: float = 60,
    ) -> Prediction:
        endpoint = self._endpoint(endpoint_name)
        chosen = deployment or next(iter(endpoint.traffic), None)
        found = endpoint.deployments.get(chosen or "")
        if found is None or found.operation.state is not Provisioning.SUCCEEDED:
            return Prediction(status=404, body="No deployment to route to.")
        if self.front_door:
            return Prediction(status=self.front_door, body="", headers={"x-request-id": "r-1"})
        rows = json.loads(payload)["data"]
        return Prediction(status=200, body=json.dumps([0 for _ in rows]), deployment=chosen)

    def served(
        self, endpoint_name: str, deployment: str, since: datetime, until: datetime
    ) -> Served:
        return self.measured.get(deployment.lower(), Served())

    def requests(self, endpoint_name: str, since: datetime, until: datetime) -> int:
        return sum(served.requests for served in self.measured.values())

    def describe(
        self, endpoint_name: str, deployment: str, *, timeout_seconds: float
    ) -> Prediction:
        self._require(endpoint_name, deployment)
        return Prediction(status=200, body=json.dumps({"swagger": "2.0"}), deployment=deployment)

    def logs(self, endpoint_name: str, deployment: str, *, lines: int, container: str) -> str:
        found = self._require(endpoint_name, deployment)
        return "\n".join([f"{container} of {found.plan.deployment_name}", "ready"][-lines:])

    def keys(self, endpoint_name: str) -> Keys:
        generation = self._endpoint(endpoint_name).key_generation
        return Keys(**{which: f"{which}-{number}" for which, number in generation.items()})

    def replace_key(self, endpoint_name: str, key: WhichKey) -> None:
        endpoint = self._settled(endpoint_name)
        endpoint.key_generation[key] += 1
        endpoint.operation = self._begin(Provisioning.CHANGING)
        self.begun.append(f"rotate {key}")

    def _begin(
        self, state: Provisioning, becomes: Provisioning | None = Provisioning.SUCCEEDED
    ) -> Operation:
        return Operation(state, becomes, self.settle_after)

    def _over(self, operation: Operation) -> bool:
        """One more look at it; whether the resource has gone."""
        if not operation.state.runs:
            return False
        operation.reads -= 1
        if operation.reads < 0:
            if operation.becomes is None:
                return True
            operation.state = operation.becomes
        return False

    def _endpoint(self, name: str) -> FakeEndpoint:
        if name not in self._endpoints:
            raise EndpointVanished(name)
        return self._endpoints[name]

    def _settled(self, name: str) -> FakeEndpoint:
        endpoint = self._endpoint(name)
        if endpoint.operation.state.runs:
            raise _busy(name)
        return endpoint

    def _require(self, endpoint_name: str, name: str) -> FakeDeployment:
        found = self._endpoint(endpoint_name).deployments.get(name)
        if found is None:
            raise DeploymentMissing(endpoint_name, name)
        return found


def _busy(name: str) -> EndpointBusy:
    return EndpointBusy(f"The endpoint {name} is changing.")
