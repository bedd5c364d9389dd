"""Managed online deployments: created at 0 % traffic, read, changed, removed; their logs."""

import contextlib
from typing import TYPE_CHECKING

from shared.adapters.targets.azureml import assets, endpoints
from shared.adapters.targets.azureml.answers import Intent
from shared.adapters.targets.azureml.arm import ask
from shared.adapters.targets.azureml.assets import ScoringCode
from shared.adapters.targets.azureml.connection import Connection
from shared.adapters.targets.azureml.operations import (
    marks_of,
    provisioning_of,
    reason_of,
    sent_back,
    tags_of,
)
from shared.adapters.targets.azureml.passing_failures import busy
from shared.adapters.targets.azureml.sdk_errors import failure_of, found_or_none, translating
from shared.domain.endpoint import Deployment, DeploymentPlan, Provisioning
from shared.domain.variables import RESERVED_VARIABLE
from shared.errors import SlipwayError
from shared.errors.serving import DeploymentMissing

if TYPE_CHECKING:
    from azure.ai.ml.entities import OnlineDeployment

VERSION = {"api-version": "2024-04-01"}
REQUEST_TIMEOUT_MS = 60_000
WAITING_PER_WORKER = 10
"""Requests let in for each worker: a row takes about 10 ms, so the last of them waits 0.1 s."""
PROBE_DELAY_SECONDS = 10
LOG_LINES = 200


def read(connection: Connection, endpoint: str, name: str) -> Deployment | None:
    """None where there is no such deployment or endpoint."""
    found = _fetch(connection, endpoint, name)
    return _seen(found) if found else None


def read_all(connection: Connection, endpoint: str) -> list[Deployment]:
    """None of them where there is no such endpoint."""
    intent = connection.intent(f"list the deployments of {endpoint}", endpoint=endpoint)
    found = found_or_none(lambda: list(connection.client.online_deployments.list(endpoint)), intent)
    return [_seen(each) for each in found or []]


def put(connection: Connection, plan: DeploymentPlan, scoring: ScoringCode) -> None:
    """Register code and environment where they are new, then begin to create the deployment.

    Raises EndpointBusy while an operation on it or its endpoint runs; EndpointVanished.
    """
    endpoint = endpoints.require(connection, plan.endpoint_name)
    if provisioning_of(endpoint.provisioning_state).runs:
        raise busy(plan.endpoint_name, endpoint.provisioning_state)
    existing = _fetch(connection, plan.endpoint_name, plan.deployment_name)
    if existing is not None and provisioning_of(existing.provisioning_state).runs:
        raise busy(plan.deployment_name, existing.provisioning_state)
    environment = assets.ensure_environment(connection, plan.environment_name, plan.requirements)
    asset = assets.ensure_code(connection, scoring)
    instances = plan.spec.instance_count
    if existing is not None and existing.instance_count:
        instances = existing.instance_count  # autoscale may have changed it
    with translating(_intent(connection, plan)):
        _put(connection, plan, environment, asset, scoring.entry, instances)


def put_instances(connection: Connection, endpoint: str, name: str, count: int) -> None:
    """Begin to change the instance count alone. Raises DeploymentMissing."""
    intent = connection.intent(
        f"run {name} with {count} instances", endpoint=endpoint, instances=count
    )
    path = connection.deployment_id(endpoint, name)
    body = {"sku": {"capacity": count}}
    if ask(connection, "PATCH", path, intent, params=VERSION, body=body) is None:
        raise DeploymentMissing(endpoint, name)


def put_variables(
    connection: Connection, endpoint: str, name: str, variables: dict[str, str]
) -> None:
    """Begin to replace its user's variables; everything else is sent back as it was read.

    Raises DeploymentMissing; EndpointBusy while an operation on it runs.
    """
    found = _require(connection, endpoint, name)
    if provisioning_of(found.provisioning_state).runs:
        raise busy(name, found.provisioning_state)
    present = found.environment_variables or {}
    own = {key: value for key, value in present.items() if RESERVED_VARIABLE.fullmatch(key)}
    found.environment_variables = {**variables, **own}
    found.properties = sent_back(found.properties)
    with translating(connection.intent(f"change the variables of {name}", endpoint=endpoint)):
        connection.client.online_deployments.begin_create_or_update(found)


def delete(connection: Connection, endpoint: str, name: str) -> None:
    """Begin to remove it; one that is missing or being removed is success."""
    existing = _fetch(connection, endpoint, name)
    if existing is None or provisioning_of(existing.provisioning_state) is Provisioning.REMOVING:
        return
    with translating(connection.intent(f"delete the deployment {name}", endpoint=endpoint)):
        connection.client.online_deployments.begin_delete(name, endpoint)


def why_failed(connection: Connection, endpoint: str, name: str) -> SlipwayError:
    """Why its last operation failed, with the end of the container's log in `detail`.

    Raises DeploymentMissing.
    """
    found = _require(connection, endpoint, name)
    intent = connection.intent(
        f"provision the deployment {name}",
        endpoint=endpoint,
        model=str(found.model or "").rpartition("/models/")[2].replace("/versions/", ":"),
        instance_type=str(found.instance_type),
        instances=found.instance_count or 1,
    )
    answer = reason_of(connection, found.properties, intent)
    return failure_of(answer, intent, _log_tail(connection, endpoint, name))


def logs(connection: Connection, endpoint: str, name: str, *, lines: int, container: str) -> str:
    """The last `lines` lines of a container's log. Raises DeploymentMissing."""
    intent = connection.intent(f"read the logs of {name}", endpoint=endpoint)
    text = found_or_none(
        lambda: connection.client.online_deployments.get_logs(
            name, endpoint, lines, container_type=container
        ),
        intent,
    )
    if text is None:
        raise DeploymentMissing(endpoint, name)
    return str(text).rstrip("\n")


def _log_tail(connection: Connection, endpoint: str, name: str) -> str:
    """The last LOG_LINES lines; empty where the log cannot be read."""
    with contextlib.suppress(SlipwayError):
        return logs(connection, endpoint, name, lines=LOG_LINES, container="inference-server")
    return ""


def _put(
    connection: Connection,
    plan: DeploymentPlan,
    environment: str,
    asset: str,
    entry: str,
    instances: int,
) -> None:
    from azure.ai.ml.entities import (
        CodeConfiguration,
        ManagedOnlineDeployment,
        OnlineRequestSettings,
        ProbeSettings,
    )

    workers = connection.sizes.named(plan.spec.instance_type).cores
    probe = ProbeSettings(
        initial_delay=PROBE_DELAY_SECONDS,
        period=10,
        timeout=2,
        success_threshold=1,
        failure_threshold=30,
    )
    connection.client.online_deployments.begin_create_or_update(
        ManagedOnlineDeployment(
            name=plan.deployment_name,
            endpoint_name=plan.endpoint_name,
            tags=tags_of(plan.marks),
            model=f"azureml:{plan.model_name}:{plan.model_version}",
            environment=environment,
            code_configuration=CodeConfiguration(code=asset, scoring_script=entry),
            instance_type=plan.spec.instance_type,
            instance_count=instances,
            environment_variables={
                **plan.spec.environment_variables,
                "WORKER_COUNT": str(workers),
            },
            request_settings=OnlineRequestSettings(
                request_timeout_ms=REQUEST_TIMEOUT_MS,
                max_concurrent_requests_per_instance=WAITING_PER_WORKER * workers,
            ),
            liveness_probe=probe,
            readiness_probe=probe,
        )
    )


def _intent(connection: Connection, plan: DeploymentPlan) -> Intent:
    return connection.intent(
        f"create the deployment {plan.deployment_name}",
        endpoint=plan.endpoint_name,
        model=f"{plan.model_name}:{plan.model_version}",
        instance_type=plan.spec.instance_type,
        instances=plan.spec.instance_count,
    )


def _fetch(connection: Connection, endpoint: str, name: str) -> "OnlineDeployment | None":
    intent = connection.intent(f"read the deployment {name}", endpoint=endpoint)
    return found_or_none(lambda: connection.client.online_deployments.get(name, endpoint), intent)


def _require(connection: Connection, endpoint: str, name: str) -> "OnlineDeployment":
    found = _fetch(connection, endpoint, name)
    if found is None:
        raise DeploymentMissing(endpoint, name)
    return found


def _seen(found: "OnlineDeployment") -> Deployment:
    return Deployment(
        name=found.name,
        provisioning=provisioning_of(found.provisioning_state),
        marks=marks_of(found.tags),
        instance_type=found.instance_type or "",
        instance_count=found.instance_count or 1,
        environment_variables={
            key: value
            for key, value in (found.environment_variables or {}).items()
            if not RESERVED_VARIABLE.fullmatch(key)
        },
    )
