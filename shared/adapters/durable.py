"""The durable client of one invocation, as the port Orchestrations, for code in a thread."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar, cast

import structlog
from azure.durable_functions import DurableOrchestrationClient, OrchestrationRuntimeStatus

from shared.errors.waiting import StartFailed
from shared.wire.run import Run

log = structlog.get_logger()
T = TypeVar("T")

TIMEOUT_SECONDS = 10
LIVING = {
    OrchestrationRuntimeStatus.Pending,
    OrchestrationRuntimeStatus.Running,
    OrchestrationRuntimeStatus.Suspended,
    OrchestrationRuntimeStatus.ContinuedAsNew,
}


class DurableOrchestrations:
    """Made in the invocation's loop, which runs the client; never call from that loop's thread."""

    def __init__(self, client: DurableOrchestrationClient) -> None:
        self._client, self._loop = client, asyncio.get_running_loop()

    def start(self, orchestrator: str, instance_id: str, run: Run) -> None:
        try:
            self._wait(
                self._client.start_new(orchestrator, instance_id, run.model_dump(mode="json"))
            )
        except StartFailed:
            # It may run all the same: somebody else was quicker, or only the answer was lost.
            if not self.is_known(instance_id):
                raise
        log.info("orchestration_started", orchestrator=orchestrator, instance_id=instance_id)

    def raise_event(self, instance_id: str, name: str, value: str) -> None:
        self._wait(self._client.raise_event(instance_id, name, value))

    def is_living(self, instance_id: str) -> bool:
        return self._status(instance_id) in LIVING

    def is_known(self, instance_id: str) -> bool:
        return self._status(instance_id) is not None

    def _status(self, instance_id: str) -> OrchestrationRuntimeStatus | None:
        found = self._wait(self._client.get_status(instance_id))
        return cast("OrchestrationRuntimeStatus | None", found.runtime_status)

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result(TIMEOUT_SECONDS)
        except Exception as error:
            future.cancel()
            log.warning("durable_client_failed", error=type(error).__name__)
            raise StartFailed from error
