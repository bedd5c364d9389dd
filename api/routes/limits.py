"""Routes about what may be deployed: sizes with price and quota, and the caller's limits."""

from api.http.request import Call
from api.http.routing import route
from shared.domain.offer import SizeOffers, UserLimits


@route(
    "GET",
    "instance-types",
    summary="The sizes on offer: cores, memory, price an hour, and the quota that is left now.",
    reply=SizeOffers,
    etag=True,
)
def list_instance_types(call: Call) -> SizeOffers:
    return call.services.offered.offers(call.deadline.left)


@route(
    "GET",
    "limits",
    summary="The caller's limits, and what is used of them.",
    reply=UserLimits,
)
def get_limits(call: Call) -> UserLimits:
    settings = call.services.settings
    return UserLimits(
        **call.data.limits(),
        max_model_mb=settings.max_model_mb,
        max_score_kb=settings.max_score_kb,
    )
