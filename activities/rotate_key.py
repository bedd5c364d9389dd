"""One of the endpoint's two keys is new; begun once, then observed."""

import azure.durable_functions as df

from activities.phase import phase
from activities.traffic import require_settled
from shared.schemas.phases import Progress, RotateKey
from shared.services import Services

bp = df.Blueprint()


@phase(bp, "Replacing a key of the endpoint.", cancellable=False, repeats=True)
def rotate_key(request: RotateKey, services: Services) -> Progress:
    """Tried again after a crash it replaces the key once more, which is no loss."""
    endpoint_name, key, target = request.run.endpoint_name, request.key, services.serving
    if request.poll == 0:
        target.begin_rotate_key(endpoint_name, key)
    if require_settled(target, endpoint_name) is None:
        return Progress(waiting=True, message=f"Azure ML is replacing the {key} key.")
    return Progress(message=f"The {key} key of {endpoint_name} is new.")
