"""The app's durable functions by name: what an orchestrator may call."""

from collections.abc import Sequence
from dataclasses import dataclass

from devstack.functions_host.durable.actions import (
    CallActivity,
    CallEntity,
    CallOrchestrator,
    SignalEntity,
)
from devstack.functions_host.durable.determinism import Scheduled


class UnknownFunctionError(Exception):
    """The orchestrator calls a function that the app does not have."""

    def __init__(self, kind: str, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"The function '{name}' doesn't exist, is disabled, or is not {kind} function. "
            f"The app has: {', '.join(sorted(known)) or 'none'}."
        )


@dataclass(frozen=True)
class Catalogue:
    """The names of the app's durable functions."""

    activities: frozenset[str]
    orchestrators: frozenset[str]
    entities: frozenset[str]

    def check_orchestrator(self, name: str) -> None:
        _require(name, self.orchestrators, "an orchestrator")

    def check_entity(self, name: str) -> None:
        _require(name, self.entities, "an entity")

    def check(self, action: Scheduled) -> None:
        """Raises UnknownFunctionError where the action calls a function that is not there."""
        match action:
            case CallActivity(name):
                _require(name, self.activities, "an activity")
            case CallOrchestrator(name):
                self.check_orchestrator(name)
            case CallEntity(entity_id) | SignalEntity(entity_id):
                self.check_entity(entity_id.split("@")[1])


def _require(name: str, known: frozenset[str], kind: str) -> None:
    if name.casefold() not in {k.casefold() for k in known}:
        raise UnknownFunctionError(kind, name, sorted(known))
