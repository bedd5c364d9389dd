"""The port Orchestrations in memory, as tests/contract/test_orchestrations.py asks for."""

from collections.abc import Iterable
from typing import Any

from shared.errors.waiting import StartFailed


class OrchestrationsFake:
    """Ids of orchestrations, living or ended; nothing runs."""

    def __init__(self, *living: str, ended: Iterable[str] = (), out_of_reach: bool = False) -> None:
        self.living, self.ended, self.out_of_reach = set(living), set(ended), out_of_reach
        self.started: dict[str, tuple[str, Any]] = {}
        """Orchestrator and run of what was started here, by its id."""
        self.told: list[tuple[str, str, str]] = []
        """Events: instance, name and value."""

    def start(self, orchestrator: str, instance_id: str, run: Any) -> None:
        if self.is_living(instance_id):
            return
        self.living.add(instance_id)
        self.started[instance_id] = (orchestrator, run)

    def raise_event(self, instance_id: str, name: str, value: str) -> None:
        if not self.is_living(instance_id):
            raise StartFailed
        self.told.append((instance_id, name, value))

    def is_living(self, instance_id: str) -> bool:
        self._reach()
        return instance_id in self.living

    def is_known(self, instance_id: str) -> bool:
        self._reach()
        return instance_id in self.living | self.ended

    def end(self, instance_id: str) -> None:
        """As if the orchestration had run to its end."""
        self.living.discard(instance_id)
        self.ended.add(instance_id)

    def _reach(self) -> None:
        if self.out_of_reach:
            raise StartFailed
