"""What an orchestrator can ask for: the actions of the SDK's replay protocol, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Retry:
    """`attempts` in all; `interval` after each failure, the last one included."""

    interval: timedelta
    attempts: int


@dataclass(frozen=True)
class CallActivity:
    name: str
    input: str | None = None
    retry: Retry | None = None


@dataclass(frozen=True)
class CallOrchestrator:
    name: str
    input: str | None = None
    instance_id: str | None = None
    version: str | None = None
    retry: Retry | None = None


@dataclass(frozen=True)
class CallHttp:
    request: Mapping[str, Any]


@dataclass(frozen=True)
class CallEntity:
    entity_id: str
    operation: str
    input: str | None = None


@dataclass(frozen=True)
class SignalEntity:
    entity_id: str
    operation: str
    input: str | None = None


@dataclass(frozen=True)
class CreateTimer:
    fire_at: datetime
    cancelled: bool = False


@dataclass(frozen=True)
class WaitForEvent:
    name: str


@dataclass(frozen=True)
class WhenAll:
    members: "tuple[Action, ...]"


@dataclass(frozen=True)
class WhenAny:
    members: "tuple[Action, ...]"


@dataclass(frozen=True)
class ContinueAsNew:
    input: str | None = None


Action = (
    CallActivity
    | CallOrchestrator
    | CallHttp
    | CallEntity
    | SignalEntity
    | CreateTimer
    | WaitForEvent
    | WhenAll
    | WhenAny
    | ContinueAsNew
)
