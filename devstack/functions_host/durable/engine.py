"""Drives orchestrations: turns for instances with mail, queued activities, timers by deadline.

All waiting is on the event loop; what waits costs a row, not a thread. The store is the truth: what
is in memory here is only who is at work right now.
"""

import asyncio
import json
import logging
import time
from contextlib import suppress

from azure.functions import OrchestrationContext

from devstack.functions_host.durable import codec, turn
from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.activities import Activities
from devstack.functions_host.durable.catalogue import Catalogue, UnknownFunctionError
from devstack.functions_host.durable.database import Database
from devstack.functions_host.durable.determinism import NonDeterminismError
from devstack.functions_host.durable.entities import Entities
from devstack.functions_host.durable.entity_store import EntityStore
from devstack.functions_host.durable.history import Event
from devstack.functions_host.durable.instance import Instance, NewInstance, Status, Turn
from devstack.functions_host.durable.instance_store import InstanceStore
from devstack.functions_host.durable.query import InstanceFilter, Place
from devstack.functions_host.durable.queue import Queue
from devstack.functions_host.durable.rewind import Rewinding
from devstack.functions_host.durable.storage_thread import StorageThread
from devstack.functions_host.durable.turn_store import TurnStore
from devstack.functions_host.durable.turnstile import Tasks, Turnstile
from devstack.functions_host.failures import app_traceback
from devstack.functions_host.functions import App, Function
from devstack.functions_host.worker import Worker

logger = logging.getLogger("functions_host")

MAX_ATTEMPTS = 5
_LONGEST_SLEEP = 60.0  # seconds; a clock that was set or a machine that slept is noticed by then


class Engine:
    def __init__(
        self,
        app: App,
        worker: Worker,
        database: Database,
        *,
        default_version: str | None,
        max_activities: int,
        max_orchestrators: int,
    ) -> None:
        self._worker = worker
        self._instances = InstanceStore(database, default_version)
        self._rewinding = Rewinding(database, self._instances)
        self._turns = TurnStore(database, self._instances)
        self._queue = Queue(database, self._instances)
        self._storage = StorageThread()
        activities = _by_name(app.triggered_by("activityTrigger"))
        self._orchestrators = _by_name(app.triggered_by("orchestrationTrigger"))
        entities = _by_name(app.triggered_by("entityTrigger"))
        self.catalogue = Catalogue(
            *(
                frozenset(f.durable_name for f in kind.values())
                for kind in (activities, self._orchestrators, entities)
            )
        )
        self._tasks = Tasks()
        self._turnstile = Turnstile(self._take_turn, max_orchestrators, self._tasks)
        self.entities = Entities(
            entities,
            worker,
            EntityStore(database, self._instances),
            self._storage,
            self._tasks,
            wake_instance=self._turnstile.wake,
            width=max_orchestrators,
            max_attempts=MAX_ATTEMPTS,
        )
        self._activities = Activities(
            activities,
            worker,
            self._queue,
            self._storage,
            self._tasks,
            wake_instance=self._turnstile.wake,
            width=max_activities,
            max_attempts=MAX_ATTEMPTS,
        )
        self._timers_changed = asyncio.Event()
        self._timer_task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up whatever an earlier host left."""
        instance_ids, work = await self._storage.run(self._queue.unfinished)
        self._timer_task = asyncio.create_task(self._watch_timers())
        for instance_id in instance_ids:
            self._turnstile.wake(instance_id)
        await self.entities.start()
        self._activities.begin(work)

    async def stop(self, seconds: float) -> None:
        """Begin nothing more and wait so many seconds; the rest runs again at the next start."""
        self._turnstile.close()
        self.entities.close()
        self._activities.close()
        if self._timer_task is not None:
            self._timer_task.cancel()
        await self._tasks.drain(seconds)
        await self._activities.release()

    async def create(self, new: NewInstance) -> Instance:
        """Raises UnknownFunctionError and InstanceExistsError."""
        self.catalogue.check_orchestrator(new.name)
        instance = await self._storage.run(self._instances.create, new)
        self._turnstile.wake(instance.instance_id)
        return instance

    async def post(self, instance_id: str, event: Event) -> Status | None:
        """Deliver an event to an instance; answers its status, None if it is unknown."""
        status = await self._storage.run(self._instances.post, instance_id, event)
        self._turnstile.wake(instance_id)
        return status

    async def instance(self, instance_id: str) -> Instance | None:
        return await self._storage.run(self._instances.get, instance_id)

    async def history(self, instance_id: str) -> list[Event]:
        return await self._storage.run(self._instances.history, instance_id)

    async def find(
        self, wanted: InstanceFilter, after: Place | None = None
    ) -> tuple[list[Instance], Place | None]:
        return await self._storage.run(self._instances.find, wanted, after)

    async def rewind(self, instance: Instance, reason: str) -> None:
        """Let a failed instance go on from before its first failure."""
        for instance_id in await self._storage.run(self._rewinding.rewind, instance, reason):
            self._turnstile.wake(instance_id)

    async def purge(self, instance_ids: list[str]) -> int:
        return await self._storage.run(self._instances.purge, instance_ids)

    async def purge_finished(self, wanted: InstanceFilter) -> int:
        return await self._storage.run(self._instances.purge_finished, wanted)

    # Turns

    async def _take_turn(self, instance_id: str) -> bool:
        """One episode; answers whether there is mail for another at once."""
        begun = await self._storage.run(self._turns.begin, instance_id)
        if begun is None:
            return False
        instance, history, mail = begun
        result = await self._decide(instance, history, mail)
        committed = await self._storage.run(self._turns.commit, instance, result)
        self._announce(instance, result)
        if result.timers:
            self._timers_changed.set()
        self._activities.begin(committed.work)
        for other in committed.instances:
            self._turnstile.wake(other)
        for entity_id in committed.entities:
            self.entities.wake(entity_id)
        return result.more_mail

    async def _decide(self, instance: Instance, history: list[Event], mail: turn.Mail) -> Turn:
        new = turn.opened(mail)
        if mail.terminated is not None:
            reason = json.dumps(mail.terminated["Input"])
            return turn.ended(mail, new, Status.TERMINATED, reason)
        if not mail.calls_user_code:
            return turn.paused(mail, new, Status.RUNNING, instance.waiting)
        if instance.attempts >= MAX_ATTEMPTS:
            return turn.failed(instance, mail, new, f"it ended the host {MAX_ATTEMPTS} times.")
        try:
            outcome = await self._replay(instance, [*history, *new])
            return turn.closed(instance, history, mail, new, outcome, self.catalogue, h.now())
        except (NonDeterminismError, UnknownFunctionError) as error:
            logger.error("%s %s: %s", instance.name, instance.instance_id, error)  # noqa: TRY400
            return turn.failed(instance, mail, new, str(error))
        except Exception as error:
            # Whatever escapes an episode ends the instance: trying again would end the same way.
            trace = app_traceback(error)
            logger.error("%s %s: %s", instance.name, instance.instance_id, trace)  # noqa: TRY400
            return turn.failed(instance, mail, new, f"{type(error).__name__}: {error}")

    async def _replay(self, instance: Instance, history: list[Event]) -> codec.Outcome:
        function = self._orchestrators.get(instance.name.casefold())
        if function is None:
            raise UnknownFunctionError(
                "an orchestrator", instance.name, sorted(self.catalogue.orchestrators)
            )
        parent = instance.parent.instance_id if instance.parent else None
        context = codec.orchestration_context(instance.instance_id, parent, instance.input, history)
        try:
            return codec.orchestration_outcome(
                await self._worker.replay(function, OrchestrationContext(context))
            )
        except Exception as error:
            outcome = codec.failed_outcome(str(error))
            if outcome is None:
                raise
            return outcome

    def _announce(self, instance: Instance, result: Turn) -> None:
        if not result.status.is_final:
            return
        level = logging.INFO if result.status is Status.COMPLETED else logging.WARNING
        logger.log(level, "%s %s %s", instance.name, instance.instance_id, result.status)

    # Timers

    async def _watch_timers(self) -> None:
        while True:
            self._timers_changed.clear()
            fired, deadline = await self._storage.run(self._queue.fire_timers, h.now())
            for instance_id in fired:
                self._turnstile.wake(instance_id)
            left = _LONGEST_SLEEP if deadline is None else deadline - time.time()
            with suppress(TimeoutError):
                timeout = min(max(left, 0.0), _LONGEST_SLEEP)
                await asyncio.wait_for(self._timers_changed.wait(), timeout)


def _by_name(functions: list[Function]) -> dict[str, Function]:
    """Function names are case-insensitive, as on the platform."""
    return {f.durable_name.casefold(): f for f in functions}
