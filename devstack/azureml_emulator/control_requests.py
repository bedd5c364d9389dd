"""What the control API is sent, and its refusal of what makes no sense."""

from typing import Annotated

from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from devstack.azureml_emulator.faults import Fault


class QuotaLimit(BaseModel, extra="forbid"):
    limit: int = Field(ge=0, description="cores")


class ScenarioChoice(BaseModel, extra="forbid"):
    name: str
    times: int | None = Field(None, ge=1, description="instead of the scenario's own count")


class Processes(BaseModel, extra="forbid"):
    endpoint: str
    deployment: str
    count: int = Field(ge=1, le=16)


class Sharing(BaseModel, extra="forbid"):
    shared: bool


class Refusals(BaseModel):
    """What was asked for and is not emulated."""

    hosts: dict[str, int]
    routes: dict[str, int]


QUOTAS = TypeAdapter(dict[str, QuotaLimit])
FAULTS = TypeAdapter(list[Fault])
NAMES = TypeAdapter(list[Annotated[str, Field(min_length=1)]])


class Refused(Exception):
    """A control request that makes no sense: 422 with a message per field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.problems = [{"field": field, "message": message}]


async def answer_refused(_: Request, error: Exception) -> Response:
    if isinstance(error, Refused):
        problems = error.problems
    elif isinstance(error, ValidationError):
        problems = [
            {"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"]}
            for one in error.errors()
        ]
    else:
        raise error
    return JSONResponse({"problems": problems}, 422)
