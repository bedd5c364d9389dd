"""Error answers as Azure ML gives them, one for each row of the failures that must be explained."""

import json
from typing import Any

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
WORKSPACE_ID = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/group/providers"
    "/Microsoft.MachineLearningServices/workspaces/studio"
)


def arm(code: str, message: str, **more: Any) -> str:
    return json.dumps({"error": {"code": code, "message": message, **more}})


def inferencing(field: str, message: str) -> str:
    """A refusal of the backend, as JSON inside the front end's message."""
    inner = {
        "errors": {field: [message]},
        "type": "https://tools.ietf.org/html/rfc7231#section-6.5.1",
        "title": "One or more validation errors occurred.",
        "status": 400,
        "traceId": "00-a95a95afd7040aa9217f2d51d95c71c1-894d1cf3aba15e15-01",
    }
    text = f"InferencingClient HttpRequest error, error detail: {json.dumps(inner)}"
    return arm(
        "BadRequest",
        "The request is invalid.",
        details=[{"code": "InferencingClientCreateDeploymentFailed", "message": text}],
    )


def chain(*codes: str) -> dict[str, Any]:
    inner: dict[str, Any] | None = None
    for code in reversed(codes):
        inner = {"code": code, "innerError": inner}
    return inner or {}


def user_error(message: str, *codes: str) -> str:
    return arm(
        "UserError",
        message,
        target=None,
        details=[],
        additionalInfo=[
            {"type": "ComponentName", "info": {"value": "managementfrontend"}},
            {
                "type": "Correlation",
                "info": {"value": {"operation": "5d2f", "request": "0b9bd5c1"}},
            },
            {"type": "InnerError", "info": {"value": chain(*codes)}},
        ],
    )


def envelope(code: str, message: str, *codes: str) -> str:
    """What reaches the caller when the front end passes a component's answer on as it is."""
    return json.dumps(
        {
            "error": {
                "code": code,
                "severity": None,
                "message": message,
                "messageParameters": {},
                "innerError": chain(*codes),
            },
            "correlation": {"operation": "77e1", "request": "9f2a"},
            "environment": "westeurope",
            "location": "westeurope",
            "componentName": "mfe",
        }
    )


def operation(code: str | None, message: str, status: str = "Failed") -> str:
    """A failed operation's status, which is HTTP 200."""
    return json.dumps(
        {
            "id": f"/subscriptions/{SUBSCRIPTION}/locations/westeurope/mfeOperationsStatus/od:1",
            "name": "od:1",
            "status": status,
            "startTime": "2026-06-18T10:00:00Z",
            "endTime": "2026-06-18T10:07:00Z",
            "error": {"code": code, "message": message, "details": []},
        }
    )


CORE_QUOTA = inferencing(
    "VmSize",
    f"Not enough quota available for Standard_F4s_v2 in SubscriptionId {SUBSCRIPTION}. Current"
    " usage/limit: 0/6. Additional needed: 8 Please see troubleshooting guide, available here:"
    " https://aka.ms/oe-tsg#error-outofquota",
)
NAME_TAKEN = inferencing(
    "Name",
    "There is already an endpoint with this name, Endpoint name needs to be unique within a"
    " region. Try some other name.",
)
CONTAINER_CRASH = operation(
    None,
    "ResourceNotReady: User container has crashed or terminated: Liveness probe failed: HTTP probe"
    " failed with statuscode: 502. Please see troubleshooting guide, available here:"
    " https://aka.ms/oe-tsg#error-resourcenotready",
)
IMAGE_BUILD = operation(
    "ImageBuildFailure", "Image building failed. ResolvePackageNotFound: no-such-package==1.0."
)
NO_RIGHT = arm(
    "AuthorizationFailed",
    "The client '52ec' with object id '11' does not have authorization to perform action"
    f" 'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/write' over scope"
    f" '{WORKSPACE_ID}' or the scope is invalid.",
)
WORKSPACE_MISSING = arm(
    "ResourceNotFound",
    "The Resource 'Microsoft.MachineLearningServices/workspaces/studio' under resource group"
    " 'group' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
)
ENDPOINT_MISSING = arm(
    "ResourceNotFound",
    "The Resource 'Microsoft.MachineLearningServices/workspaces/studio/onlineEndpoints/iris' under"
    " resource group 'group' was not found.",
)
MODEL_MISSING = user_error(
    "There is no registered model in Workspace studio with id slipway-1:abc",
    "NotFound",
    "NoSuchModelRegistered",
)
NOT_TERMINAL = arm(
    "Conflict",
    "Cannot create a deployment in endpoint iris because it is in Updating provisioning state.",
)
THROTTLED = arm(
    "TooManyRequests",
    "The request is being throttled as the limit has been reached for operation type - Write."
    " Retry again after 20 seconds.",
)
INNER_THROTTLE = user_error(
    "Received 429 from a service request", "QuotaExceeded", "TooManyRequests"
)
HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
CANCELLED = operation(
    "OperationCanceled",
    "The operation was canceled by another operation that has a higher priority.",
)
RECREATE = arm(
    "NotFound",
    "The specified resource was not found.",
    details=[{"code": "InferencingClientCallFailed", "message": '{{"title":"Not Found"}}'}],
)
OUT_OF_CAPACITY = operation(
    "OutOfQuota",
    "OutOfQuota: Not enough VM capacity. The specified Azure ML compute has been out of capacity in"
    " region westeurope. Please try another instance type or region.",
)
SECRETS = operation(None, "SecretsInjectionError: secret retrieval and injection failed.")
BAD_ARGUMENT = user_error(
    "The instance type Standard_X1 is not supported.", "BadArgument", "ArgumentInvalid"
)
NOT_REGISTERED = arm(
    "MissingSubscriptionRegistration",
    "The subscription is not registered to use namespace 'Microsoft.MachineLearningServices'.",
)
BLOB_FORBIDDEN = (
    '<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthorizationPermissionMismatch</Code>'
    "<Message>This request is not authorized to perform this operation using this permission."
    "</Message></Error>"
)
