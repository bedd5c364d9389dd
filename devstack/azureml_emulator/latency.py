"""How long the slow things take, and what that means for polling clients."""

import math
from typing import Self

from pydantic import BaseModel, Field

POLL_AGAIN_MILLISECONDS = 100


class Latency(BaseModel, extra="forbid", allow_inf_nan=False):
    """Seconds per kind of operation, counted beside the work that is really done."""

    endpoint: float = Field(0, ge=0, description="create an endpoint")
    deployment: float = Field(0, ge=0, description="create or update a deployment")
    traffic: float = Field(0, ge=0, description="update an endpoint, its traffic or its keys")
    delete: float = Field(0, ge=0, description="delete an endpoint or a deployment")
    image_build: float = Field(0, ge=0, description="the first use of an environment version")
    as_azure: bool = Field(
        False, description="send no polling hint, as Azure: SDK pollers then wait 5 to 30 seconds"
    )

    @classmethod
    def preset(cls, name: str) -> Self:
        """`instant`, `real`, or a factor of real such as `0.01`. Raises ValueError otherwise."""
        if name == "instant":
            return cls()
        try:
            factor = 1.0 if name == "real" else float(name)
        except ValueError:
            raise ValueError(f"{name!r} is not instant, real or a number") from None
        if not math.isfinite(factor) or factor < 0:
            raise ValueError(f"{name!r} is not a factor of zero or more")
        return cls(
            endpoint=120 * factor,
            deployment=300 * factor,
            traffic=30 * factor,
            delete=1200 * factor,
            image_build=180 * factor,
            as_azure=name == "real",
        )

    def polling_headers(self) -> dict[str, str]:
        return {} if self.as_azure else {"retry-after-ms": str(POLL_AGAIN_MILLISECONDS)}
