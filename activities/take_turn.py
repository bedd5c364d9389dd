"""Give the batch's next waiting deployment its turn, and return its run."""

from activities.support.phase import phase
from shared.services import Services
from shared.use_cases.runs import deploy_run_of
from shared.wire.batch import TakeTurn, TurnTaken


@phase("", cancellable=False, silent=True)
def take_turn(input: TakeTurn, services: Services) -> TurnTaken:
    """The same lane and turn get the same deployment again; none where none waits."""
    run = input.run
    row = services.records.take_turn(run.batch_id, run.lane, input.turn)
    if row is None:
        return TurnTaken()
    deployment = deploy_run_of(
        row,
        services.settings,
        project=services.records.project(),
        request_id=run.request_id,
        traceparent=run.traceparent,
    )
    return TurnTaken(deployment=deployment)
