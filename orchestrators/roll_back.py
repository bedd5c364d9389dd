"""Move all traffic to an earlier revision; one that sleeps is woken and verified first."""

from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from shared.domain.traffic import TrafficSplit
from shared.wire.phases import MoveTraffic, PhaseResult
from shared.wire.run import RollBackRun

from orchestrators.support.call_phase import CLOSELY, Steps, call_phase
from orchestrators.support.end_operation import as_operation
from orchestrators.support.waking import wake


def roll_back(context: DurableOrchestrationContext) -> Steps[dict[str, Any]]:
    """Input: a RollBackRun. Output: `{"status": "rolled_back"}` or the failure."""
    run = RollBackRun.model_validate(context.get_input())
    return (yield from as_operation(context, run, _serve(context, run), "rolled_back"))


def _serve(context: DurableOrchestrationContext, run: RollBackRun) -> Steps[None]:
    """Wake it where it sleeps, then move all traffic to it. Raises PhaseFailed."""
    if run.asleep:
        yield from wake(context, run, serve_if_nobody_does=False)
    everything = MoveTraffic(run=run, wanted=TrafficSplit(traffic={run.deployment_name: 100}))
    due = run.deadlines.traffic
    yield from call_phase(context, everything, PhaseResult, deadline=due, settling=CLOSELY)
