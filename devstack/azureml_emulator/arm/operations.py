"""Long-running operations: started by a PUT, POST or DELETE, polled by URL, ended by their work.

They are records on disk: an operation that a restart interrupts is taken up again.
"""

import asyncio
import datetime as dt
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from devstack.azureml_emulator.arm.errors import OperationFailed
from devstack.azureml_emulator.arm.records import (
    Deployment,
    Endpoint,
    OperationRecord,
    Resources,
    now,
)
from devstack.azureml_emulator.faults import OperationFault
from devstack.azureml_emulator.workspace import Workspace

log = logging.getLogger(__name__)

Work = Callable[[OperationRecord], Awaitable[None]]


class Operations:
    """Runs each operation's work as a task. Work is registered by kind and must be repeatable."""

    def __init__(self, resources: Resources, workspace: Workspace) -> None:
        self._resources = resources
        self._workspace = workspace
        self._works: dict[str, Work] = {}
        self._active: dict[str, tuple[OperationRecord, asyncio.Task[None]]] = {}

    def register(self, kind: str, work: Work) -> None:
        self._works[kind] = work

    def start(
        self,
        kind: str,
        resource: Endpoint | Deployment,
        *,
        api_version: str,
        running_word: str,
        seconds: float,
        polling_headers: dict[str, str],
        payload: dict[str, Any] | None = None,
        planned_failure: OperationFault | None = None,
    ) -> OperationRecord:
        """Begin work on `resource`, which from now on is in `running_word` provisioning state."""
        started = now()
        of_endpoint = isinstance(resource, Endpoint)
        kind_of_id = "oeidp" if of_endpoint else "odidp"
        failure = planned_failure.model_dump(exclude={"log"}) if planned_failure else None
        record = OperationRecord(
            id=f"{kind_of_id}:{self._workspace.workspace_id}:{uuid.uuid4()}",
            kind=kind,
            api_version=api_version,
            endpoint=resource.name if isinstance(resource, Endpoint) else resource.endpoint,
            deployment=None if of_endpoint else resource.name,
            payload=payload or {},
            status=running_word,
            started_at=started,
            due_at=started + dt.timedelta(seconds=seconds),
            planned_failure=failure,
            polling_headers=polling_headers,
        )
        resource.provisioning_state = running_word
        resource.operation_id = record.id
        with self._resources.transaction():
            self._resources.save(resource)
            self._resources.operations.put(record.id, record)
        self._spawn(record)
        return record

    def resume(self) -> None:
        for record in self._resources.operations.all():
            if not record.ended:
                log.info("taking up %s of %s again", record.kind, record.endpoint)
                self._spawn(record)

    def running(self, endpoint: str, deployment: str | None = None) -> list[OperationRecord]:
        """Operations under way on an endpoint, or on one of its deployments."""
        return [
            record
            for record, _ in self._active.values()
            if record.endpoint.lower() == endpoint.lower()
            and (record.deployment or "").lower() == (deployment or "").lower()
        ]

    async def cancel(self, record: OperationRecord) -> None:
        _, task = self._active.pop(record.id, (record, None))
        if task is None:
            return
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        error = OperationFailed("OperationCanceled", "The operation was canceled by a deletion.")
        self._end(record, "Canceled", error.error)

    async def wait(self, record: OperationRecord, seconds: float) -> None:
        """Until it has ended, at most `seconds`; it goes on after that."""
        _, task = self._active.get(record.id, (record, None))
        if task is not None:
            await asyncio.wait({task}, timeout=seconds)

    async def close(self) -> None:
        tasks = [task for _, task in self._active.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _spawn(self, record: OperationRecord) -> None:
        task = asyncio.create_task(self._run(record), name=record.kind)
        self._active[record.id] = (record, task)

    async def _run(self, record: OperationRecord) -> None:
        try:
            if record.planned_failure is not None:
                await until_due(record)
                raise OperationFailed(**record.planned_failure)
            await self._works[record.kind](record)
        except OperationFailed as failed:
            self._end(record, "Failed", failed.error)
        except Exception:
            log.exception("%s of %s broke", record.kind, record.endpoint)
            failure = OperationFailed("InternalServerError", "An internal server error occurred.")
            self._end(record, "Failed", failure.error)
        else:
            self._end(record, "Succeeded", None)
        self._active.pop(record.id, None)

    def _end(self, record: OperationRecord, status: str, error: dict[str, Any] | None) -> None:
        """The operation's end and its resource's provisioning state are kept together."""
        record.status, record.error, record.ended_at = status, error, now()
        resource = self._resource(record)
        with self._resources.transaction():
            if resource is not None:
                resource.provisioning_state = status
                resource.provisioned |= status == "Succeeded"
                self._resources.save(resource)
            self._resources.operations.put(record.id, record)

    def _resource(self, record: OperationRecord) -> Endpoint | Deployment | None:
        if record.deployment is None:
            return self._resources.endpoint(record.endpoint)
        return self._resources.deployment(record.endpoint, record.deployment)


async def until_due(record: OperationRecord) -> None:
    """Wait for what is left of the operation's latency."""
    remaining = (record.due_at - now()).total_seconds()
    if remaining > 0:
        await asyncio.sleep(remaining)
