"""One orchestration, which lasts until it is told to end: for the contract of Orchestrations."""

from collections.abc import Iterator
from typing import Any

import azure.durable_functions as df

app = df.DFApp()


@app.orchestration_trigger(context_name="context")
def wait_for_end(context: df.DurableOrchestrationContext) -> Iterator[Any]:
    yield context.wait_for_external_event("end")
