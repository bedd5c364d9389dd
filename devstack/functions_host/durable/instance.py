"""An orchestration instance as it is stored, and what one turn of it changes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from devstack.functions_host.durable.history import Event


class Status(StrEnum):
    PENDING = "Pending"
    RUNNING = "Running"
    SUSPENDED = "Suspended"
    COMPLETED = "Completed"
    FAILED = "Failed"
    TERMINATED = "Terminated"

    @property
    def is_final(self) -> bool:
        return self in (Status.COMPLETED, Status.FAILED, Status.TERMINATED)


@dataclass(frozen=True)
class Parent:
    """Who called a sub-orchestration: the answer goes to step `task_id` of that one execution."""

    instance_id: str
    execution_id: str
    task_id: int


@dataclass(frozen=True)
class Instance:
    """JSON text: `input`, `output`, `custom_status`. Each continue-as-new has its execution id."""

    instance_id: str
    execution_id: str
    name: str
    version: str | None
    input: str | None
    status: Status
    output: str | None
    custom_status: str | None
    created_at: str
    updated_at: str
    parent: Parent | None = None
    traceparent: str | None = None
    waiting: Counter[str] = field(default_factory=Counter)
    attempts: int = 0


@dataclass(frozen=True)
class Letter:
    """An event that an instance has not read yet."""

    id: int
    event: Event


@dataclass(frozen=True)
class NewInstance:
    instance_id: str
    name: str
    input: str | None
    version: str | None = None
    parent: Parent | None = None
    traceparent: str | None = None


@dataclass(frozen=True)
class NewWork:
    """An activity to run: `task_id` is its step in the orchestration, `input` JSON text."""

    task_id: int
    name: str
    input: str


@dataclass(frozen=True)
class Work:
    """An activity in the queue. `attempts`: how often it was running when the host died."""

    id: int
    instance_id: str
    execution_id: str
    task_id: int
    name: str
    input: str
    attempts: int
    traceparent: str | None


@dataclass(frozen=True)
class NewTimer:
    timer_id: int
    fire_at: datetime


@dataclass(frozen=True)
class EntityMessage:
    """An operation for an entity. `call_id` None: a signal, nobody waits for the answer."""

    entity_id: str
    operation: str
    input: str | None
    call_id: str | None = None
    caller: tuple[str, str] | None = None


@dataclass
class Turn:
    """All that one episode changes, committed at once."""

    consumed: Sequence[int]
    status: Status
    events: list[Event] = field(default_factory=list)
    output: str | None = None
    custom_status: str | None = None
    waiting: Counter[str] = field(default_factory=Counter)
    work: list[NewWork] = field(default_factory=list)
    timers: list[NewTimer] = field(default_factory=list)
    cancelled_timers: set[int] = field(default_factory=set)
    children: list[NewInstance] = field(default_factory=list)
    messages: list[EntityMessage] = field(default_factory=list)
    restart_with: str | None = None
    more_mail: bool = False
