"""Durable Functions, as routes, timers and use cases use it."""

from typing import Protocol

from shared.wire.run import Run


class Orchestrations(Protocol):
    """Durable Functions, as the routes and the sweeper use it."""

    def start(self, orchestrator: str, instance_id: str, run: Run) -> None:
        """One that was started before is success. Unavailable start_failed."""
        ...

    def raise_event(self, instance_id: str, name: str, value: str) -> None:
        """Tell a running one something. Unavailable start_failed."""
        ...

    def is_living(self, instance_id: str) -> bool:
        """Pending, running or suspended."""
        ...

    def is_known(self, instance_id: str) -> bool:
        """It was started at some time."""
        ...
