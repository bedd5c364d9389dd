"""Templates and batches: what is wrong with a plan before anything begins, and how a batch ends."""

from shared.errors.base import UserFacingError
from shared.errors.commands import BEARER, DEPLOYMENT, OPENAPI, REPLY, RETRY
from shared.errors.requests import Conflict, NotFound, RequestRefused
from shared.errors.waiting import WaitedInVain

TITLE = "Templates and batches"
PROMISE = (
    "A template or a batch is judged as a whole before anything begins: what is refused has left"
    " nothing behind. How a batch has ended is told in its own operation and in its deployments."
)

BATCH = f'curl -s "$SLIPWAY/batches/$BATCH" {BEARER}'
TEMPLATES = f'curl -s "$SLIPWAY/templates" {BEARER}'


class TemplateNotFound(NotFound):
    code = "template_not_found"
    cause = "The caller has no template of this id: it was removed, or belongs to another user."
    fix = "Take the id from the list of your templates."
    look = "`GET /templates`."
    command = TEMPLATES

    def __init__(self, template_id: str) -> None:
        super().__init__(f"You have no template {template_id}.", fix=self.fix)


class TemplateNameTaken(Conflict):
    code = "template_name_taken"
    cause = "The caller has a template of this name already."
    fix = "Choose another name, or change that template with `PUT /templates/{id}`."
    look = "`GET /templates`."
    command = TEMPLATES
    seen = REPLY

    def __init__(self, name: str) -> None:
        super().__init__(f"You have a template called {name} already.")


class TooManyTemplates(Conflict):
    code = "too_many_templates"
    cause = "The caller has as many templates as a user may have."
    fix = "Remove one that is not needed."
    look = "`GET /templates`."
    command = TEMPLATES
    seen = REPLY

    def __init__(self, limit: int) -> None:
        super().__init__(f"You have {limit} templates; that is the limit.")


class TemplateIllegal(RequestRefused):
    status = 422
    code = "template_illegal"
    cause = (
        "The rules have changed since the template was saved: the message names the field whose"
        " value is not accepted any more, such as a size no longer offered."
    )
    fix = "Send the named fields with the request, or change the template."
    look = "`GET /templates`; `GET /docs` has every field's type and range."
    command = TEMPLATES
    seen = REPLY

    def __init__(self, name: str, problems: str) -> None:
        super().__init__(f"The template {name} is not accepted any more: {problems}.")


class BatchNotFound(NotFound):
    code = "batch_not_found"
    cause = "The caller has no batch of this id."
    fix = "Take the id from the reply that began the batch, or from its Location header."
    look = "`GET /batches/{id}`."
    command = BATCH

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"You have no batch {batch_id}.", fix=self.fix)


class BatchRefused(RequestRefused):
    status = 422
    code = "batch_refused"
    cause = (
        "Some deployments of the batch are refused, so that none has begun. The message names each"
        " by its place in the request, counted from 0; `errors` has their codes."
    )
    fix = "Correct the named ones, or leave them out, and send the batch again."
    look = "The entry of each code in `errors`."
    command = OPENAPI
    seen = REPLY

    def __init__(self, problems: list[tuple[int, UserFacingError]]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"deployments.{i}: {error.message}" for i, error in problems))
        self.facts = {
            "errors": [
                {"index": i, "code": error.code, "message": error.message, "fix": error.fix}
                for i, error in problems
            ]
        }


class DoubleInBatch(Conflict):
    code = "double_in_batch"
    cause = "Two deployments of one batch want the same name on the same endpoint."
    fix = "Give one of them another deployment_name, or leave it out to have one generated."
    look = "`errors` of the reply names the second of them."
    command = OPENAPI
    seen = REPLY

    def __init__(self, name: str, endpoint_name: str, first: int) -> None:
        super().__init__(f"deployments.{first} is called {name} on {endpoint_name} too")


class BatchStopped(WaitedInVain):
    code = "batch_stopped"
    cause = (
        "An earlier deployment of the same batch failed, and the batch was asked to stop then"
        " (`on_failure`). This one had not begun."
    )
    fix = "See why the other one failed, then retry this one."
    look = "`GET /batches/{id}`: the failed deployment with its error."
    command = f"{BATCH}\n{RETRY}"
    retry = "yes"
    seen = DEPLOYMENT

    def __init__(self, name: str, endpoint_name: str, code: str) -> None:
        super().__init__(f"The batch has stopped: {name} on {endpoint_name} failed with {code}.")


class BatchCancelled(WaitedInVain):
    code = "batch_cancelled"
    cause = "The batch was cancelled before this deployment began."
    fix = "Nothing; retry it when you want it after all."
    look = "`GET /batches/{id}`."
    command = f"{BATCH}\n{RETRY}"
    retry = "yes"
    seen = DEPLOYMENT

    def __init__(self) -> None:
        super().__init__("The batch was cancelled before this one began.")


class BatchIncomplete(WaitedInVain):
    code = "batch_incomplete"
    cause = "The batch has ended, and not all of its deployments are active."
    fix = "Retry the failed ones, each with `POST /deployments/{id}/retry`."
    look = "`GET /batches/{id}`: each deployment with its error."
    command = f"{BATCH}\n{RETRY}"
    retry = "each deployment by itself"
    seen = "operation"

    def __init__(self, failed: int, total: int) -> None:
        super().__init__(f"{failed} of {total} deployments failed.")
