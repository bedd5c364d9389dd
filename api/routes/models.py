"""Routes about a user's trained models: what they are, what the scan says, rename, remove."""

import structlog

from api.http.request import Call, Reply
from api.http.routing import route
from shared.domain.trained_model import (
    ModelPage,
    ModelQuery,
    ModelRemoved,
    ModelRow,
    RegisterModel,
    RenameModel,
)
from shared.errors import Unavailable
from shared.use_cases.scan_model import with_current_scan, without_outdated_scan

log = structlog.get_logger()

MODEL = "models/{model_id:guid}"


@route(
    "GET",
    "models",
    summary="The caller's trained models, newest first, with verdicts that are known already.",
    query=ModelQuery,
    reply=ModelPage,
    errors=(422,),
    etag=True,
)
def list_models(call: Call) -> ModelPage:
    page = call.models.models(call.query(ModelQuery))
    scanner = call.services.converter.scanner
    page.models = [without_outdated_scan(model, scanner) for model in page.models]
    return page


@route(
    "GET",
    MODEL,
    summary="One model with the scan's verdict; a file that is new is scanned now, in seconds.",
    reply=ModelRow,
    errors=(404,),
    etag=True,
)
def get_model(call: Call) -> ModelRow:
    model = call.models.model(call.model_id)
    return with_current_scan(
        model,
        files=call.services.files,
        converter=call.services.converter,
        records=call.services.records,
        max_bytes=call.services.settings.max_model_mb << 20,
        wait_seconds=call.deadline.left,
    )


@route(
    "POST",
    "models",
    summary="Register a file that was uploaded to the Storage bucket `models` as a model.",
    body=RegisterModel,
    reply=ModelRow,
    success=201,
    replies={"Location": "The model."},
    errors=(400, 413, 415, 422),
)
def register_model_file(call: Call) -> Reply:
    model = call.models.model(call.models.register(call.body(RegisterModel)))
    return Reply(201, model.model_dump_json(), {"Location": f"/models/{model.id}"})


@route(
    "PATCH",
    MODEL,
    summary="Give a model another name.",
    body=RenameModel,
    reply=ModelRow,
    errors=(400, 404, 413, 415, 422),
)
def rename_model(call: Call) -> ModelRow:
    call.models.rename(call.model_id, call.body(RenameModel).model_name)
    model = call.models.model(call.model_id)
    return without_outdated_scan(model, call.services.converter.scanner)


@route(
    "DELETE",
    MODEL,
    summary="Remove a model that no living deployment uses, and its file.",
    reply=ModelRemoved,
    errors=(404, 409),
)
def remove_model(call: Call) -> ModelRemoved:
    path = call.models.remove(call.model_id)
    removed = path is not None
    if path is not None:
        try:
            call.models.remove_file(path)
        except Unavailable as unavailable:
            # The model is gone; its owner is told of the file, which only they can see.
            log.warning("model_file_left", code=unavailable.code)
            removed = False
    return ModelRemoved(message="Model removed.", file_removed=removed)
