"""Replace one of the endpoint's two keys: begun once, then observed."""

from activities.support.phase import phase
from activities.support.traffic import require_settled
from shared.services import Services
from shared.wire.phases import PhaseResult, RotateKey


@phase("Replacing a key of the endpoint.", cancellable=False)
def rotate_key(input: RotateKey, services: Services) -> PhaseResult:
    """After a crash it may replace the key once more, which does no harm.

    Raises EndpointVanished, or why the cloud could not replace it.
    """
    endpoint_name, key, target = input.run.endpoint_name, input.key, services.target
    if input.poll == 0:
        target.provisioning.replace_key(endpoint_name, key)
    if require_settled(target, endpoint_name) is None:
        return PhaseResult(waiting=True, message=f"Azure ML is replacing the {key} key.")
    return PhaseResult(message=f"The {key} key of {endpoint_name} is new.")
