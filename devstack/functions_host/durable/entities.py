"""Durable entities: the operations on one entity run one after the other, a batch at a time."""

import json
import logging
from collections.abc import Callable

from azure.functions import EntityContext

from devstack.functions_host.durable import codec
from devstack.functions_host.durable.entity_store import (
    Answer,
    Batch,
    EntityFilter,
    EntityStore,
    StoredEntity,
)
from devstack.functions_host.durable.instance import EntityMessage
from devstack.functions_host.durable.query import Place
from devstack.functions_host.durable.storage_thread import StorageThread
from devstack.functions_host.durable.turnstile import Tasks, Turnstile
from devstack.functions_host.failures import app_traceback
from devstack.functions_host.functions import Function
from devstack.functions_host.worker import Worker

logger = logging.getLogger("functions_host")


class Entities:
    def __init__(
        self,
        functions: dict[str, Function],
        worker: Worker,
        store: EntityStore,
        storage: StorageThread,
        tasks: Tasks,
        *,
        wake_instance: Callable[[str], None],
        width: int,
        max_attempts: int,
    ) -> None:
        """`functions` by lower-case entity name; `wake_instance` is told who got an answer."""
        self._functions = functions
        self._worker = worker
        self._store = store
        self._storage = storage
        self._wake_instance = wake_instance
        self._max_attempts = max_attempts
        self._turnstile = Turnstile(self._take_batch, width, tasks)
        self.wake = self._turnstile.wake
        self.close = self._turnstile.close

    async def start(self) -> None:
        for entity_id in await self._storage.run(self._store.unfinished):
            self.wake(entity_id)

    async def signal(self, name: str, key: str, operation: str, input_json: str) -> None:
        message = EntityMessage(_entity_id(name, key), operation, input_json)
        await self._storage.run(self._store.signal, message)
        self.wake(message.entity_id)

    async def state(self, name: str, key: str) -> str | None:
        """JSON text, None if there is no such entity."""
        return await self._storage.run(self._store.state, _entity_id(name, key))

    async def find(self, wanted: EntityFilter) -> tuple[list[StoredEntity], Place | None]:
        return await self._storage.run(self._store.find, wanted)

    async def purge(self, entity_id: str) -> int:
        """Forget the entity of this id, `@name@key`."""
        name, _, key = entity_id[1:].partition("@")
        return await self._storage.run(self._store.purge, _entity_id(name, key))

    async def _take_batch(self, entity_id: str) -> bool:
        batch = await self._storage.run(self._store.begin, entity_id)
        if batch is None:
            return False
        state, answers = await self._perform(batch)
        for instance_id in await self._storage.run(self._store.commit, batch, state, answers):
            self._wake_instance(instance_id)
        return False

    async def _perform(self, batch: Batch) -> tuple[str | None, list[Answer]]:
        """The new state and the answers. What fails as a whole leaves the state as it was."""
        name, key = batch.entity_id[1:].split("@", 1)
        if batch.attempts >= self._max_attempts:
            return batch.state, _refusals(batch, f"it ended the host {self._max_attempts} times")
        try:
            answer = await self._worker.replay(
                self._functions[name],
                EntityContext(codec.entity_context(name, key, batch.state, batch.messages)),
            )
            outcome = codec.entity_outcome(answer)
        except Exception as error:
            logger.error("%s: %s", batch.entity_id, app_traceback(error))  # noqa: TRY400
            return batch.state, _refusals(batch, f"{type(error).__name__}: {error}")
        pairs = zip(batch.messages, outcome.responses, strict=True)
        return outcome.state, [Answer(message, response) for message, response in pairs]


def _entity_id(name: str, key: str) -> str:
    return f"@{name.lower()}@{key}"


def _refusals(batch: Batch, reason: str) -> list[Answer]:
    message = f"Entity '{batch.entity_id}' failed: {reason}"
    response = codec.entity_response(json.dumps(message), is_error=True)
    return [Answer(m, response) for m in batch.messages]
