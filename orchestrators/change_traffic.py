"""Change which deployment serves which share of an endpoint's requests."""

from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from shared.wire.phases import MoveTraffic, PhaseResult
from shared.wire.run import TrafficRun

from orchestrators.support.call_phase import CLOSELY, Steps, call_phase
from orchestrators.support.end_operation import as_operation


def change_traffic(context: DurableOrchestrationContext) -> Steps[dict[str, Any]]:
    """Input: a TrafficRun. Output: `{"status": "moved"}` or the failure."""
    run = TrafficRun.model_validate(context.get_input())
    move = MoveTraffic(run=run, wanted=run.wanted, expected=run.expected)
    due = run.deadlines.traffic
    moving = call_phase(context, move, PhaseResult, deadline=due, settling=CLOSELY)
    return (yield from as_operation(context, run, moving, "moved"))
