"""Routes about operations: whatever was begun is followed here, by the id that its reply gave."""

from api.http.request import Call
from api.http.routing import route
from shared.domain.operation import OperationDetail
from shared.domain.timeline import fold_timeline


@route(
    "GET",
    "operations/{operation_id:guid}",
    summary="One operation, of any kind, with its timeline.",
    reply=OperationDetail,
    errors=(404,),
    etag=True,
)
def get_operation(call: Call) -> OperationDetail:
    operation = call.data.operation(call.operation_id)
    events = call.data.operation_events(operation)
    return OperationDetail(**operation.model_dump(), phases=fold_timeline(events), timeline=events)
