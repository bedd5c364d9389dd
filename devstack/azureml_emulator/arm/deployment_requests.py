"""What a request for a deployment says, checked before anything begins."""

import logging
from typing import Any

from devstack.azureml_emulator.arm.errors import (
    ArmError,
    OperationFailed,
    named_missing,
    not_done,
    user_error,
)
from devstack.azureml_emulator.arm.quota import sku_of
from devstack.azureml_emulator.arm.records import Deployment, Resources
from devstack.azureml_emulator.arm.views import LAST, with_defaults
from devstack.azureml_emulator.serving.conda import UnreadableCondaFile, UnsupportedEnvironment
from devstack.azureml_emulator.serving.curated import ENVIRONMENTS
from devstack.azureml_emulator.serving.fleet import Fleet
from devstack.azureml_emulator.serving.mounts import find_asset
from devstack.azureml_emulator.serving.no_code import needs_script

log = logging.getLogger(__name__)

MANAGED = "Managed"
REGISTRY = "azureml://registries/"


def read_deployment(
    body: dict[str, Any], endpoint: str, name: str, existing: Deployment | None, region: str
) -> Deployment:
    """The deployment that a PUT asks for; what an existing one has become is kept."""
    check_types(body)
    deployment = Deployment(
        endpoint=endpoint,
        name=name,
        location=body.get("location") or region,
        tags=body.get("tags") or {},
        sku=body.get("sku") or {"name": "Default", "capacity": 1},
        properties=with_defaults(body.get("properties") or {}),
    )
    own = deployment.properties.get("properties") or {}
    deployment.said_operation = own.pop(LAST, None)
    if existing is not None:
        check_unchanged(existing, deployment, own)
        own = {**(existing.properties.get("properties") or {}), **own}
        deployment.name = existing.name
        _leave_own_variables(deployment, existing)
        deployment.processes = existing.processes
        deployment.provisioned = existing.provisioned
        deployment.created_at, deployment.modified_at = existing.created_at, existing.modified_at
    deployment.properties["properties"] = own
    return deployment


def _leave_own_variables(deployment: Deployment, existing: Deployment) -> None:
    """Variables of the service that come back as they were shown are still the service's."""
    shown = existing.own_variables
    given = deployment.properties.get("environmentVariables") or {}
    theirs = {name: text for name, text in given.items() if shown.get(name) != text}
    deployment.properties["environmentVariables"] = theirs
    deployment.own_variables = shown


def check_unchanged(existing: Deployment, wanted: Deployment, properties: dict[str, Any]) -> None:
    """A deployment keeps its instance type, and its properties: new ones may be added."""
    before, after = existing.properties.get("instanceType"), wanted.properties.get("instanceType")
    if str(before).lower() != str(after).lower():
        raise immutable("instanceType", before, after)
    kept = existing.properties.get("properties") or {}
    for name, text in properties.items():
        if name in kept and kept[name] != text:
            raise immutable(f"properties.{name}", kept[name], text)


def immutable(field: str, before: object, after: object) -> ArmError:
    return user_error(
        400,
        f"The field '{field}' is immutable and cannot be changed from '{before}' to '{after}'.",
        "ImmutableField",
    )


def check_types(body: dict[str, Any]) -> None:
    """The fields that are read here; all else is kept as it came."""
    properties = body.get("properties") or {}
    collector = properties.get("dataCollector")
    collections = collector.get("collections") if isinstance(collector, dict) else None
    collections = collections if isinstance(collections, dict) else {}
    wanted: dict[str, tuple[Any, type]] = {
        "tags": (list((body.get("tags") or {}).values()), str),
        "sku.capacity": ([(body.get("sku") or {}).get("capacity")], int),
        "instanceType": ([properties.get("instanceType")], str),
        "model": ([properties.get("model")], str),
        "environmentId": ([properties.get("environmentId")], str),
        "codeConfiguration": ([properties.get("codeConfiguration")], dict),
        "properties": (list((properties.get("properties") or {}).values()), str),
        "environmentVariables": ([properties.get("environmentVariables")], dict),
        "dataCollector": ([collector], dict),
        "dataCollector.collections": (list(collections.values()), dict),
    }
    for field, (values, kind) in wanted.items():
        if not all(value is None or isinstance(value, kind) for value in values):
            raise user_error(400, f"{field}: the value is of the wrong type.", "BadArgument")


def check_references(deployment: Deployment, resources: Resources) -> None:
    """The size is known, what is referred to exists, and there is a way to serve the model."""
    properties = deployment.properties
    if (properties.get("endpointComputeType") or MANAGED) != MANAGED:
        raise not_done(f"a deployment of the compute type {properties['endpointComputeType']}")
    sku_of(str(properties.get("instanceType") or ""))
    wanted = {
        "model": properties.get("model"),
        "code": (properties.get("codeConfiguration") or {}).get("codeId"),
        "environment": properties.get("environmentId"),
    }
    for noun, arm_id in wanted.items():
        if arm_id and find_asset(resources, arm_id) is None:
            if arm_id.startswith(REGISTRY):
                known = ", ".join(ENVIRONMENTS)
                raise not_done(f"{arm_id}; of a registry it has the environments {known}")
            code = f"NoSuch{noun.capitalize()}Registered"
            raise named_missing(f"No such {noun} is registered: {arm_id}", code)
    model = find_asset(resources, wanted["model"] or "")
    if wanted["environment"] or needs_script(deployment, model):
        return
    raise user_error(
        400,
        "The deployment has no environmentId. Only a model of type mlflow_model is served without"
        " an environment, and then without codeConfiguration too.",
        "BadArgument",
    )


def check_environment(deployment: Deployment, fleet: Fleet) -> None:
    """501 for what only a real image build can give; what Azure cannot build fails later."""
    try:
        fleet.recipe(deployment)
    except UnsupportedEnvironment as unsupported:
        raise not_done(str(unsupported)) from None
    except (UnreadableCondaFile, OperationFailed) as failure:
        log.info("%s/%s will fail: %s", deployment.endpoint, deployment.name, failure)
