"""Routes about batches: up to 20 deployments asked for at once, followed and cancelled as one."""

from api.http.request import Call, Reply
from api.http.routing import route
from shared.domain.batch import Batch, BatchAccepted, BatchCancellation, BatchRequest
from shared.errors.waiting import BatchCancelled
from shared.wire.outcome import Failed

BATCH = "batches/{batch_id:guid}"
MAX_BATCH_BYTES = 512 * 1024


@route(
    "POST",
    "deployments/batch",
    summary="Deploy up to 20 models: all of them are accepted, or none is.",
    body=BatchRequest,
    reply=BatchAccepted,
    success=202,
    replies={"Location": "The batch."},
    headers={"Idempotency-Key": "The same key and body within 24 hours: the first batch again."},
    errors=(400, 409, 413, 415, 422),
    orchestrates=True,
)
def deploy_batch_request(call: Call) -> Reply:
    wanted = call.body(BatchRequest, MAX_BATCH_BYTES)
    for each in wanted.deployments:
        call.refuse_another_user(each.user_id)
    batch = call.batch_initiator.deploy(wanted, call.idempotency_key)
    accepted = BatchAccepted(
        batch_id=batch.batch_id,
        message=f"Deploying {batch.total} models, at most {batch.at_once} at once.",
        deployments=batch.deployments,
    )
    return Reply(202, accepted.model_dump_json(), {"Location": f"/batches/{batch.batch_id}"})


@route(
    "GET",
    BATCH,
    summary="A batch: how many are active, deploying and failed, and each one's status.",
    reply=Batch,
    errors=(404,),
    etag=True,
)
def get_batch(call: Call) -> Batch:
    return call.batches.batch(call.batch_id)


@route(
    "DELETE",
    BATCH,
    summary="Cancel what of a batch has not begun; what has begun goes on.",
    reply=BatchCancellation,
    errors=(404,),
)
def cancel_batch(call: Call) -> BatchCancellation:
    cancelled = call.batches.cancel(call.batch_id, Failed.because(BatchCancelled()))
    return BatchCancellation(
        message=f"{cancelled} deployments that had not begun are cancelled.", cancelled=cancelled
    )
