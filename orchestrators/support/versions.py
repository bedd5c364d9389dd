"""Steps that came later: a run keeps the steps of the version that it began with.

`defaultVersion` in host.json is the version of runs that begin now; docs/orchestration-versions.md
says what each one brought.
"""

from azure.durable_functions import DurableOrchestrationContext

FIRST = 1
"""The version of runs that began before there were versions."""


def is_at_least(context: DurableOrchestrationContext, version: int) -> bool:
    """Whether this run began with `version` or a later one. The same at every replay."""
    return int(context.version or FIRST) >= version
