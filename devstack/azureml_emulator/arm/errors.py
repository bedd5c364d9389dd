"""ARM's error bodies, in the shapes that the service uses."""

import json
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse


class ArmError(Exception):
    """An HTTP error answer: {"error": {code, message, target?, details?, additionalInfo?}}."""

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
            self.error |= {"target": None, "details": details}
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


def not_found(kind: str, name: str, group: str) -> ArmError:
    return ArmError(
        404,
        "ResourceNotFound",
        f"The Resource 'Microsoft.MachineLearningServices/{kind}/{name}' under resource group"
        f" '{group}' was not found. For more details please go to"
        " https://aka.ms/ARMResourceNotFoundFix",
    )


def user_error(status: int, message: str, detail_code: str | None = None) -> ArmError:
    """The service's envelope: code UserError, the finer code in details and InnerError chain."""
    chain: dict[str, Any] = {"code": detail_code, "innerError": None}
    return ArmError(
        status,
        "UserError",
        message,
        details=[{"code": detail_code, "message": message}] if detail_code else [],
        additional_info=[
            {"type": "ComponentName", "info": {"value": "managementfrontend"}},
            {"type": "InnerError", "info": {"value": chain}},
        ],
    )


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
        details=[{"code": code, "message": text, "details": [], "additionalInfo": []}],
    )
