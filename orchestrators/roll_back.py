"""Everything to an earlier revision: at once where it runs, else woken and verified first."""

from typing import Any

from azure.durable_functions import DurableOrchestrationContext
from shared.domain.traffic import TrafficSplit
from shared.wire.phases import MoveTraffic, PhaseResult
from shared.wire.run import RollBackRun

from orchestrators.support.call_phase import CLOSELY, PhaseFailed, Steps, call_phase
from orchestrators.support.end_operation import end_operation
from orchestrators.support.waking import wake


def roll_back(context: DurableOrchestrationContext) -> Steps[dict[str, Any]]:
    """Input: a RollBackRun. Output: `{"status": "rolled_back"}` or the failure."""
    run = RollBackRun.model_validate(context.get_input())
    everything = MoveTraffic(run=run, wanted=TrafficSplit(traffic={run.deployment_name: 100}))
    try:
        if run.asleep:
            yield from wake(context, run, serve_if_nobody_does=False)
        due = run.deadlines.traffic
        yield from call_phase(context, everything, PhaseResult, deadline=due, settling=CLOSELY)
    except PhaseFailed as failure:
        yield from end_operation(context, run, failure.failed)
        return {"status": "failed", "phase": failure.phase, **failure.failed.as_json()}
    yield from end_operation(context, run, None)
    return {"status": "rolled_back"}
