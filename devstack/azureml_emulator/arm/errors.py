"""ARM's error bodies, in the shapes that the service uses."""

import datetime as dt
import json
import secrets
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from devstack.azureml_emulator.workspace import REGION, Workspace

BY_THE_GATEWAY = {"x-ms-failure-cause": "gateway"}
"""The header of an error that ARM finds by itself, without asking the service."""


class ArmError(Exception):
    """An HTTP error answer: {"error": {code, message, details?, additionalInfo?}}."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: list[dict[str, Any]] | None = None,
        additional_info: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.error: dict[str, Any] = {"code": code, "message": message}
        if details is not None:
            self.error["details"] = details
        if additional_info is not None:
            self.error["additionalInfo"] = additional_info


class OperationFailed(Exception):
    """What an accepted operation ends with; `code` None leaves the code to the message's prefix."""

    def __init__(
        self, code: str | None, message: str, details: list[dict[str, Any]] | None = None
    ) -> None:
        super().__init__(message)
        self.error = {"code": code, "message": message, "details": details or []}


async def answer_arm_error(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, ArmError):
        raise error
    return JSONResponse({"error": error.error}, error.status, headers=error.headers)


def not_found(path: str, group: str) -> ArmError:
    """404 by ARM: `path` is `workspaces/<name>` and on, each kind followed by its name."""
    return ArmError(
        404,
        "ResourceNotFound",
        f"The Resource 'Microsoft.MachineLearningServices/{path}' under resource group"
        f" '{group}' was not found. For more details please go to"
        " https://aka.ms/ARMResourceNotFoundFix",
        headers=BY_THE_GATEWAY,
    )


def no_endpoint(name: str, workspace: Workspace) -> ArmError:
    path = f"workspaces/{workspace.name}/onlineEndpoints/{name}"
    return not_found(path, workspace.resource_group)


def no_deployment(endpoint: str, name: str, workspace: Workspace) -> ArmError:
    path = f"workspaces/{workspace.name}/onlineEndpoints/{endpoint}/deployments/{name}"
    return not_found(path, workspace.resource_group)


def user_error(status: int, message: str, inner_code: str | None = None) -> ArmError:
    """The service's own envelope; the finer code is in the InnerError chain."""
    information = _additional_info()
    if inner_code is not None:
        chain = {"code": inner_code, "innerError": None}
        information.append({"type": "InnerError", "info": {"value": chain}})
    return ArmError(status, "UserError", message, details=[], additional_info=information)


def named_missing(message: str, code: str) -> ArmError:
    """404 for what a request refers to; the finer code is in the details."""
    return _missing(message, [_detail(code, message)])


def resource_missing(detail: tuple[str, str] | None = None) -> ArmError:
    """404 for what a request asks for; models alone have a detail, its code and message."""
    return _missing("The specified resource was not found.", [_detail(*detail)] if detail else [])


def unknown_to_the_service(code: str, message: str) -> ArmError:
    """404 by the service for what ARM still holds to be there; the details say what is missing."""
    what = "The specified resource was not found."
    return _missing(what, [_detail(code, message)], code="NotFound")


def not_done(what: str) -> ArmError:
    """501: something of the service that this emulator does not do, by name."""
    return ArmError(501, "NotImplemented", f"The emulator does not do this: {what}.")


def _missing(message: str, details: list[dict[str, Any]], code: str = "UserError") -> ArmError:
    return ArmError(404, code, message, details=details, additional_info=_additional_info())


def _detail(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "details": [], "additionalInfo": []}


def _additional_info() -> list[dict[str, Any]]:
    correlation = {"operation": secrets.token_hex(16), "request": secrets.token_hex(8)}
    facts: dict[str, Any] = {
        "ComponentName": "managementfrontend",
        "Correlation": correlation,
        "Environment": REGION,
        "Location": REGION,
        "Time": dt.datetime.now(dt.UTC).isoformat(),
    }
    return [{"type": name, "info": {"value": value}} for name, value in facts.items()]


def inferencing_error(code: str, field: str, message: str) -> ArmError:
    """A refusal of the inferencing backend, passed on by the front end as text within text."""
    inner = {
        "errors": {field: [message]},
        "type": "https://tools.ietf.org/html/rfc7231#section-6.5.1",
        "title": "One or more validation errors occurred.",
        "status": 400,
        "traceId": f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-01",
    }
    text = "InferencingClient HttpRequest error, error detail: " + json.dumps(
        inner, separators=(",", ":")
    )
    return ArmError(
        400,
        "BadRequest",
        "The request is invalid.",
        details=[_detail(code, text)],
    )
