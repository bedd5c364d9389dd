"""Changing a deployment where it runs: only the one that the run's own row has made."""

from collections.abc import Callable

from activities.support.ownership import marks_of
from activities.support.phase import note
from shared.domain.endpoint import Deployment, Provisioning
from shared.domain.release import Autoscale
from shared.domain.status import PROVISIONED
from shared.errors import TransientError, UserFacingError
from shared.errors.serving import DeploymentMissing
from shared.errors.waiting import Cancelled
from shared.services import Services
from shared.wire.phases import PhaseInput
from shared.wire.run import Run


def require_deployment(services: Services, run: Run) -> Deployment:
    """The run's deployment as the cloud has it.

    Raises Cancelled where its row is deleted, failed or asleep, DeploymentMissing where the cloud
    has no deployment that this row made.
    """
    row = services.records.deployment(run.deployment_id)
    if row is None or row.status not in PROVISIONED:
        raise Cancelled
    found = services.target.provisioning.deployment(run.endpoint_name, run.deployment_name)
    if found is None or found.marks.deployment != run.deployment_id:
        raise DeploymentMissing(run.endpoint_name, run.deployment_name)
    return found


def bring_about(
    services: Services,
    input: PhaseInput,
    is_so: Callable[[Deployment], bool],
    put: Callable[[], None],
    *,
    mending: bool = False,
) -> bool:
    """Call `put` unless `is_so(deployment)`; True once it is so and up, False until then.

    Raises why the cloud could not do it; where that may pass, `put` is called again first.
    `mending`: one that has failed before this phase is put again, whatever it is like. Raises as
    require_deployment.
    """
    run = input.run
    found = require_deployment(services, run)
    if found.provisioning.runs:
        return False
    has_failed = found.provisioning is Provisioning.FAILED
    if has_failed and (input.poll or (is_so(found) and not mending)):
        failure = services.target.provisioning.why_deployment_failed(
            run.endpoint_name, run.deployment_name
        )
        if isinstance(failure, TransientError):
            put()
        raise failure
    if has_failed or not is_so(found):
        put()
        return False
    return True


def set_scaling(services: Services, run: Run, autoscale: Autoscale | None) -> str:
    """Make or remove the autoscale setting; returns what was done, in words."""
    cloud = services.target.provisioning
    if autoscale is None:
        cloud.delete_autoscale(run.endpoint_name, run.deployment_name)
        return "The number of instances stays as it is asked for."
    cloud.put_autoscale(run.endpoint_name, run.deployment_name, autoscale, marks_of(run))
    return (
        f"{autoscale.min} to {autoscale.max} instances: one more above {autoscale.cpu_percent} % of"
        f" CPU for five minutes, one less below {autoscale.scale_in_percent} %."
    )


def forget_scaling(services: Services, run: Run) -> None:
    """Remove the autoscale setting of a deployment that is being removed.

    A refusal goes into the timeline; the sweeper removes the setting later.
    """
    row = services.records.deployment(run.deployment_id)
    if not services.target.can.autoscale or (row is not None and row.autoscale is None):
        return
    try:
        services.target.provisioning.delete_autoscale(run.endpoint_name, run.deployment_name)
    except UserFacingError as error:
        told = f"Its autoscale setting stays for now: {error.message}"
        note(services.records, run, "remove_deployment", told, detail=error.detail)
