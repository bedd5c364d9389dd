"""Faults on demand: which requests are answered wrongly, how, and how often."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, field_validator, model_validator


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


class Match(BaseModel, extra="forbid"):
    method: Annotated[str, AfterValidator(str.upper)] = Field(
        "*", description="an HTTP method, or * for any"
    )
    path_regex: Annotated[str, AfterValidator(_compiles)] = Field(
        ".*", description="searched in the path, without the query; case is ignored"
    )
    host_regex: Annotated[str, AfterValidator(_compiles)] = ".*"

    def matches(self, method: str, host: str, path: str) -> bool:
        return (
            self.method in ("*", method)
            and re.search(self.path_regex, path, re.IGNORECASE) is not None
            and re.search(self.host_regex, host, re.IGNORECASE) is not None
        )


class OperationFault(BaseModel, extra="forbid"):
    """The request is accepted; the operation that it starts ends as Failed with this error."""

    code: str | None = None
    message: str
    details: list[dict[str, Any]] = []
    log: str | None = Field(None, description="what the container's log then says")


class Fault(BaseModel, extra="forbid", allow_inf_nan=False):
    match: Match = Match()
    times: int | None = Field(1, ge=1, description="how many requests; null is until cleared")
    status: int | None = Field(None, ge=200, le=599)
    body: Any = Field(None, description="text is sent as it is, anything else as JSON")
    headers: dict[str, str] = {}
    delay_seconds: float = Field(0, ge=0)
    drop_connection: bool = False
    fail_operation: OperationFault | None = None

    @field_validator("fail_operation", mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        """`true` is any failure of the service's own, a text is the failure's message."""
        if value is True:
            value = "An internal server error occurred."
        if isinstance(value, str):
            return {"code": "InternalServerError", "message": value}
        return value or None

    @model_validator(mode="after")
    def _does_one_thing(self) -> "Fault":
        answers = [self.status is not None, self.drop_connection, self.fail_operation is not None]
        if sum(answers) > 1:
            raise ValueError("status, drop_connection and fail_operation exclude one another")
        if not any(answers) and not self.delay_seconds:
            raise ValueError("say status, drop_connection, fail_operation or delay_seconds")
        if self.status is None and (self.body is not None or self.headers):
            raise ValueError("body and headers need a status")
        return self


class Faults:
    """The faults that are set, in order: the first that matches a request applies."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def replace(self, faults: list[Fault]) -> None:
        self._faults = [fault.model_copy() for fault in faults]

    def remaining(self) -> list[Fault]:
        return list(self._faults)

    def take(self, method: str, host: str, path: str) -> Fault | None:
        for fault in self._faults:
            if fault.match.matches(method, host, path):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times == 0:
                        self._faults.remove(fault)
                return fault
        return None
