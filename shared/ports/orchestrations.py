"""The port to Durable Functions."""

from typing import Protocol

from shared.wire.run import Run


class Orchestrations(Protocol):
    """Durable Functions, as the routes and the sweeper use it."""

    def start(self, orchestrator: str, instance_id: str, run: Run) -> None:
        """Start it with this id; one that was started before is success.

        Raises Unavailable start_failed.
        """
        ...

    def raise_event(self, instance_id: str, name: str, value: str) -> None:
        """Send an external event to a running one. Raises Unavailable start_failed."""
        ...

    def is_living(self, instance_id: str) -> bool:
        """Whether it is pending, running or suspended."""
        ...

    def is_known(self, instance_id: str) -> bool:
        """Whether it was ever started."""
        ...
