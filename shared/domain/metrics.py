"""What a cloud measured of a deployment's requests in a window of time."""

from pydantic import BaseModel


class Served(BaseModel):
    """Requests that one deployment answered in a window."""

    requests: int = 0
    errors: int = 0
    """Answers of 5xx, and the model's own failures."""
    p95_ms: float | None = None
    """95 % were answered within this; None without requests."""

    @classmethod
    def together(cls, parts: "list[Served]") -> "Served":
        """The sum over several deployments; its p95 is the slowest of theirs."""
        latencies = [part.p95_ms for part in parts if part.p95_ms is not None]
        return cls(
            requests=sum(part.requests for part in parts),
            errors=sum(part.errors for part in parts),
            p95_ms=max(latencies, default=None),
        )

    @property
    def error_percent(self) -> float:
        """Errors in 100 requests; 0 without requests."""
        return 100 * self.errors / self.requests if self.requests else 0.0

    def __str__(self) -> str:
        if not self.requests:
            return "no requests"
        latency = "" if self.p95_ms is None else f", p95 {self.p95_ms:.0f} ms"
        return f"{self.error_percent:.1f} % errors of {self.requests} requests{latency}"
