"""Azure Monitor's error bodies: unlike the rest of ARM's, without an envelope."""

from starlette.requests import Request
from starlette.responses import JSONResponse


class MonitorError(Exception):
    """Answered as {"code", "message"}."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


async def answer_monitor_error(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, MonitorError):
        raise error
    return JSONResponse({"code": error.code, "message": str(error)}, error.status)
