"""A world for one orchestration: the host's turns against the real SDK, without host or storage."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from azure.durable_functions.orchestrator import Orchestrator

from devstack.functions_host.durable import codec, turn
from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.catalogue import Catalogue
from devstack.functions_host.durable.history import Event
from devstack.functions_host.durable.instance import Instance, Letter, Status

Pending = tuple[str, int, Any]  # kind, id, input text or fire time


class World:
    """Holds what a host would store; `pending` is what the world owes the orchestration."""

    def __init__(self, orchestrator: Callable[..., Any], catalogue: Catalogue) -> None:
        self._handle = Orchestrator.create(orchestrator)
        self._catalogue = catalogue
        self.instance = Instance(
            "i", "x", "program", None, None, Status.PENDING, None, None, "", "", waiting=Counter()
        )
        self.history: list[Event] = []
        self.pending: list[Pending] = []
        self.actions: tuple[Any, ...] = ()
        self._inbox: list[Letter] = []
        self._letters = 0
        self.deliver(h.execution_started("program", None, None))

    def deliver(self, event: Event) -> None:
        self._letters += 1
        self._inbox.append(Letter(self._letters, event))

    def take_turns(self) -> None:
        """As many turns as there is mail for."""
        while not self.instance.status.is_final:
            mail = turn.sort_mail(self.instance, self._inbox)
            if not mail.read:
                return
            self._take(mail)

    def _take(self, mail: turn.Mail) -> None:
        new = turn.opened(mail)
        outcome = self._replay([*self.history, *new])
        self.actions = outcome.actions
        result = turn.closed(
            self.instance, self.history, mail, new, outcome, self._catalogue, h.now()
        )
        self.history += result.events
        self._inbox = [x for x in self._inbox if x.id not in set(result.consumed)]
        self.pending += [("work", w.task_id, w.input) for w in result.work]
        self.pending += [("timer", t.timer_id, t.fire_at) for t in result.timers]
        for child in result.children:
            assert child.parent
            self.pending.append(("child", child.parent.task_id, child.input))
        self.instance = replace(
            self.instance, status=result.status, output=result.output, waiting=result.waiting
        )

    def _replay(self, history: list[Event]) -> codec.Outcome:
        context = codec.orchestration_context("i", None, None, history)
        try:
            return codec.orchestration_outcome(self._handle(context))
        except Exception as error:
            outcome = codec.failed_outcome(str(error))
            if outcome is None:
                raise
            return outcome

    def settle(self, pending: Pending, result: str, failed: bool = False) -> None:
        """Let one thing that is owed end."""
        self.pending.remove(pending)
        kind, number, _ = pending
        if kind == "timer":
            self.deliver(h.timer_fired(number, ""))
        elif kind == "child":
            self.deliver(h.child_completed(number, result))
        elif failed:
            self.deliver(h.task_failed(number, "no", ""))
        else:
            self.deliver(h.task_completed(number, result))
