"""What every ARM handler needs: parsed bodies, api-versions, planned failures."""

import json
from typing import Any

from starlette.requests import Request

from devstack.azureml_emulator.arm.errors import ArmError, not_done
from devstack.azureml_emulator.faults import OperationFault
from devstack.azureml_emulator.intake import OPERATION_FAULT

OBJECTS = ("properties", "tags", "sku", "identity")
"""What is an object or absent in every body."""


async def json_body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        raise ArmError(
            400, "InvalidRequestContent", "The request content was invalid: it is not JSON."
        ) from None
    if not isinstance(body, dict):
        raise ArmError(
            400, "InvalidRequestContent", "The request content was invalid: it is not an object."
        )
    for name in OBJECTS:
        if not isinstance(body.get(name, {}), dict | None):
            raise ArmError(
                400,
                "InvalidRequestContent",
                f"The request content was invalid: '{name}' is not an object.",
            )
    return body


def check_query(request: Request, *known: str) -> None:
    """Raise 501 for a parameter that would change the answer and is not looked at here."""
    unknown = sorted(set(request.query_params) - {"api-version", *known})
    if unknown:
        raise not_done(f"{request.url.path} with the parameters {', '.join(unknown)}")


def api_version(request: Request) -> str:
    return request.query_params["api-version"]


def planned_failure(request: Request) -> OperationFault | None:
    fault: OperationFault | None = request.scope.get(OPERATION_FAULT)
    return fault
