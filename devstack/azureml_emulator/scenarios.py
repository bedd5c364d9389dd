"""Failures by name: each row of what can go wrong, in the service's own words."""

import json
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


def scenarios(workspace: Workspace) -> list[Scenario]:
    """Every preset, in the order of what a deployment meets first."""
    return [*_refusals(workspace), *_outages(), *_failed_operations(workspace)]


def _refusals(workspace: Workspace) -> list[Scenario]:
    write = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/write"
    return [
        _refusal(
            "quota",
            "the next deployment does not fit the core quota",
            PUT_DEPLOYMENT,
            inferencing_error(
                "InferencingClientCreateDeploymentFailed",
                "VmSize",
                "Not enough quota available for Standard_F4s_v2 in SubscriptionId"
                f" {workspace.subscription_id}. Current usage/limit: 0/6. Additional needed: 8"
                " Please see troubleshooting guide, available here:"
                " https://aka.ms/oe-tsg#error-outofquota",
            ),
        ),
        _refusal(
            "name_taken",
            "the next endpoint's name is taken in the region",
            PUT_ENDPOINT,
            name_taken(),
        ),
        _refusal(
            "no_right",
            "the identity may not write endpoints",
            PUT_ENDPOINT,
            ArmError(
                403,
                "AuthorizationFailed",
                f"The client '{workspace.client_id}' with object id '{workspace.principal_id}'"
                f" does not have authorization to perform action '{write}' over scope"
                f" '{workspace.arm_id}' or the scope is invalid. If access was recently granted,"
                " please refresh your credentials.",
            ),
        ),
        _refusal(
            "workspace_missing",
            "the workspace is not found",
            GET_WORKSPACE,
            not_found(f"workspaces/{workspace.name}", workspace.resource_group),
        ),
        _refusal(
            "datastore_missing",
            "the workspace's datastore is not found",
            GET_DATASTORE,
            user_error(404, "Could not find datastore: workspaceblobstore", "NoSuchDatastore"),
        ),
        _refusal(
            "model_missing",
            "the deployment's model is not registered",
            PUT_DEPLOYMENT,
            user_error(404, "No such model is registered: local:1", "NoSuchModelRegistered"),
        ),
        _refusal(
            "endpoint_not_terminal",
            "the endpoint is still updating",
            PUT_DEPLOYMENT,
            ArmError(
                409,
                "Conflict",
                "Cannot create a deployment in endpoint local because it is in Updating"
                " provisioning state.",
            ),
        ),
        _refusal(
            "recreate_after_delete",
            "404 when an endpoint is made again right after its deletion",
            PUT_ENDPOINT,
            ArmError(
                404,
                "NotFound",
                "The specified resource was not found.",
                details=[
                    {
                        "code": "InferencingClientCallFailed",
                        "message": json.dumps({"title": "Not Found"}),
                        "details": [],
                        "additionalInfo": [],
                    }
                ],
            ),
        ),
        _refusal(
            "bad_argument",
            "a bad argument, with an InnerError chain",
            PUT_DEPLOYMENT,
            user_error(400, "The instance type Standard_X1 is not supported.", "BadArgument"),
        ),
        _refusal(
            "immutable_field",
            "a change of an immutable field",
            PUT_ENDPOINT,
            user_error(
                400, "The field 'authMode' is immutable and cannot be changed.", "ImmutableField"
            ),
        ),
    ]


def _outages() -> list[Scenario]:
    """Each lasts for all the tries of one SDK call."""
    throttled = ArmError(
        429,
        "TooManyRequests",
        "The request is being throttled as the limit has been reached for operation type - Write."
        " Retry again after 20 seconds.",
    )
    broken = ArmError(500, "InternalServerError", "Received 500 from a service request")
    page = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
    answers: list[tuple[str, str, int, Any]] = [
        ("throttled", "429 without Retry-After", 429, {"error": throttled.error}),
        ("backend_500", "500 in ARM's shape", 500, {"error": broken.error}),
        ("backend_502_html", "502 with an HTML page", 502, page),
        ("backend_504_null", "504 with a null body", 504, None),
    ]
    return [
        Scenario(
            name=name,
            description=f"{description}, for all tries of one SDK call",
            faults=[Fault(match=ANY_ARM, times=SDK_TRIES, status=status, body=body)],
        )
        for name, description, status, body in answers
    ]


def _failed_operations(workspace: Workspace) -> list[Scenario]:
    guide = "Please see troubleshooting guide, available here: https://aka.ms/oe-tsg"
    return [
        _failed_operation(
            "container_crash",
            "the next deployment's container crashes",
            None,
            "ResourceNotReady: User container has crashed or terminated: Liveness probe failed:"
            f" HTTP probe failed with statuscode: 502. {guide}#error-resourcenotready",
            log="azmlinfsrv - ModuleNotFoundError: No module named '_loss'\nWorker failed to boot.",
        ),
        _failed_operation(
            "image_build_failure",
            "the next deployment's image cannot be built",
            "ImageBuildFailure",
            "ImageBuildFailure: Image building failed. ResolvePackageNotFound:"
            f" no-such-package==1.0. {guide}#error-imagebuildfailure",
        ),
        _failed_operation(
            "operation_canceled",
            "the service cancels the next deployment",
            "OperationCanceled",
            "The operation was canceled by another operation.",
        ),
        _failed_operation(
            "out_of_capacity",
            "the region has no machines left",
            "OutOfQuota",
            "OutOfQuota: Not enough VM capacity. The specified Azure ML compute has been out of"
            f" capacity in region {workspace.region}. {guide}#error-outofquota",
        ),
        _failed_operation(
            "secrets_injection",
            "secret injection fails",
            "SecretsInjectionError",
            "SecretsInjectionError: secret retrieval and injection failed.",
        ),
    ]


def _refusal(name: str, description: str, match: Match, error: ArmError) -> Scenario:
    fault = Fault(match=match, status=error.status, body={"error": error.error})
    return Scenario(name=name, description=description, faults=[fault])


def _failed_operation(
    name: str, description: str, code: str | None, message: str, log: str | None = None
) -> Scenario:
    failure = OperationFault(code=code, message=message, log=log)
    fault = Fault(match=PUT_DEPLOYMENT, fail_operation=failure)
    return Scenario(name=name, description=description, faults=[fault])
