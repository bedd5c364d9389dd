"""Failures by name: each row of what can go wrong, in the service's own words."""

import json
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from devstack.azureml_emulator.arm.endpoint_requests import name_taken
from devstack.azureml_emulator.arm.errors import ArmError, inferencing_error, not_found, user_error
from devstack.azureml_emulator.faults import Fault, Match, OperationFault
from devstack.azureml_emulator.workspace import ARM_HOST, Workspace

PUT_ENDPOINT = Match(method="PUT", path_regex=r"/onlineEndpoints/[^/]+$", host_regex=ARM_HOST)
PUT_DEPLOYMENT = Match(method="PUT", path_regex=r"/deployments/[^/]+$", host_regex=ARM_HOST)
GET_WORKSPACE = Match(method="GET", path_regex=r"/workspaces/[^/]+$", host_regex=ARM_HOST)
GET_DATASTORE = Match(method="GET", path_regex=r"/datastores/[^/]+$", host_regex=ARM_HOST)
ANY_ARM = Match(host_regex=ARM_HOST)
SDK_TRIES = 4
"""The SDK sends a throttled or failing request four times before it gives up."""


class Scenario(BaseModel):
    name: str
    description: str
    faults: list[Fault]


def _answer(match: Match, error: ArmError, times: int | None = 1) -> list[Fault]:
    return [Fault(match=match, times=times, status=error.status, body={"error": error.error})]


def _fail(
    code: str | None, message: str, log: str | None = None, details: list[Any] | None = None
) -> list[Fault]:
    failure = OperationFault(code=code, message=message, details=details or [], log=log)
    return [Fault(match=PUT_DEPLOYMENT, fail_operation=failure)]


def _quota(workspace: Workspace) -> list[Fault]:
    return _answer(
        PUT_DEPLOYMENT,
        inferencing_error(
            "InferencingClientCreateDeploymentFailed",
            "VmSize",
            "Not enough quota available for Standard_F4s_v2 in SubscriptionId"
            f" {workspace.subscription_id}. Current usage/limit: 0/6. Additional needed: 8 Please"
            " see troubleshooting guide, available here: https://aka.ms/oe-tsg#error-outofquota",
        ),
    )


def _name_taken(workspace: Workspace) -> list[Fault]:
    del workspace
    return _answer(PUT_ENDPOINT, name_taken())


def _container_crash(workspace: Workspace) -> list[Fault]:
    del workspace
    return _fail(
        None,
        "ResourceNotReady: User container has crashed or terminated: Liveness probe failed: HTTP"
        " probe failed with statuscode: 502. Please see troubleshooting guide, available here:"
        " https://aka.ms/oe-tsg#error-resourcenotready",
        log="azmlinfsrv - ModuleNotFoundError: No module named '_loss'\nWorker failed to boot.",
    )


def _image_build(workspace: Workspace) -> list[Fault]:
    del workspace
    return _fail(
        "ImageBuildFailure",
        "ImageBuildFailure: Image building failed. ResolvePackageNotFound: no-such-package==1.0."
        " Please see troubleshooting guide, available here:"
        " https://aka.ms/oe-tsg#error-imagebuildfailure",
    )


def _no_right(workspace: Workspace) -> list[Fault]:
    action = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/write"
    return _answer(
        PUT_ENDPOINT,
        ArmError(
            403,
            "AuthorizationFailed",
            f"The client '{workspace.client_id}' with object id '{workspace.principal_id}' does not"
            f" have authorization to perform action '{action}' over scope '{workspace.arm_id}' or"
            " the scope is invalid. If access was recently granted, please refresh your"
            " credentials.",
        ),
    )


def _workspace_missing(workspace: Workspace) -> list[Fault]:
    error = not_found("workspaces", workspace.name, workspace.resource_group)
    return _answer(GET_WORKSPACE, error)


def _model_missing(workspace: Workspace) -> list[Fault]:
    del workspace
    return _answer(
        PUT_DEPLOYMENT,
        user_error(404, "No such model is registered: local:1", "NoSuchModelRegistered"),
    )


def _datastore_missing(workspace: Workspace) -> list[Fault]:
    del workspace
    message = "Could not find datastore: workspaceblobstore"
    return _answer(GET_DATASTORE, user_error(404, message, "NoSuchDatastore"))


def _not_terminal(workspace: Workspace) -> list[Fault]:
    del workspace
    message = (
        "Cannot create a deployment in endpoint local because it is in Updating provisioning state."
    )
    return _answer(PUT_DEPLOYMENT, ArmError(409, "Conflict", message))


def _throttled(workspace: Workspace) -> list[Fault]:
    del workspace
    error = ArmError(
        429,
        "TooManyRequests",
        "The request is being throttled as the limit has been reached for operation type - Write."
        " Retry again after 20 seconds.",
    )
    return _answer(ANY_ARM, error, SDK_TRIES)


def _backend_500(workspace: Workspace) -> list[Fault]:
    del workspace
    error = ArmError(500, "InternalServerError", "Received 500 from a service request")
    return _answer(ANY_ARM, error, SDK_TRIES)


def _backend_502_html(workspace: Workspace) -> list[Fault]:
    del workspace
    page = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
    return [Fault(match=ANY_ARM, times=SDK_TRIES, status=502, body=page)]


def _backend_504_null(workspace: Workspace) -> list[Fault]:
    del workspace
    return [Fault(match=ANY_ARM, times=SDK_TRIES, status=504, body=None)]


def _operation_canceled(workspace: Workspace) -> list[Fault]:
    del workspace
    return _fail("OperationCanceled", "The operation was canceled by another operation.")


def _recreate_after_delete(workspace: Workspace) -> list[Fault]:
    del workspace
    details = [
        {
            "code": "InferencingClientCallFailed",
            "message": json.dumps({"title": "Not Found"}),
            "details": [],
            "additionalInfo": [],
        }
    ]
    message = "The specified resource was not found."
    return _answer(PUT_ENDPOINT, ArmError(404, "NotFound", message, details=details))


def _out_of_capacity(workspace: Workspace) -> list[Fault]:
    return _fail(
        "OutOfQuota",
        "OutOfQuota: Not enough VM capacity. The specified Azure ML compute has been out of"
        f" capacity in region {workspace.region}. Please try another instance type or region."
        " https://aka.ms/oe-tsg#error-outofquota",
    )


def _secrets(workspace: Workspace) -> list[Fault]:
    del workspace
    return _fail(
        "SecretsInjectionError", "SecretsInjectionError: secret retrieval and injection failed."
    )


def _bad_argument(workspace: Workspace) -> list[Fault]:
    del workspace
    message = "The instance type Standard_X1 is not supported."
    return _answer(PUT_DEPLOYMENT, user_error(400, message, "BadArgument"))


def _immutable_field(workspace: Workspace) -> list[Fault]:
    del workspace
    message = "The field 'authMode' is immutable and cannot be changed."
    return _answer(PUT_ENDPOINT, user_error(400, message, "ImmutableField"))


PRESETS: dict[str, tuple[str, Callable[[Workspace], list[Fault]]]] = {
    "quota": ("the next deployment does not fit the core quota", _quota),
    "name_taken": ("the next endpoint's name is taken in the region", _name_taken),
    "container_crash": ("the next deployment's container crashes", _container_crash),
    "image_build_failure": ("the next deployment's image cannot be built", _image_build),
    "no_right": ("the identity may not write endpoints", _no_right),
    "workspace_missing": ("the workspace is not found", _workspace_missing),
    "model_missing": ("the deployment's model is not registered", _model_missing),
    "datastore_missing": ("the workspace's datastore is not found", _datastore_missing),
    "endpoint_not_terminal": ("the endpoint is still updating", _not_terminal),
    "throttled": ("429 for all four tries of one SDK call, without Retry-After", _throttled),
    "backend_500": ("500 for all four tries of one SDK call", _backend_500),
    "backend_502_html": ("502 with an HTML page, four times", _backend_502_html),
    "backend_504_null": ("504 with a null body, four times", _backend_504_null),
    "operation_canceled": ("the service cancels the next deployment", _operation_canceled),
    "recreate_after_delete": ("404 when recreating right after a delete", _recreate_after_delete),
    "out_of_capacity": ("the region has no machines left", _out_of_capacity),
    "secrets_injection": ("secret injection fails", _secrets),
    "bad_argument": ("a bad argument with an InnerError chain", _bad_argument),
    "immutable_field": ("a change of an immutable field", _immutable_field),
}


def scenarios(workspace: Workspace) -> list[Scenario]:
    return [
        Scenario(name=name, description=description, faults=faults(workspace))
        for name, (description, faults) in PRESETS.items()
    ]
