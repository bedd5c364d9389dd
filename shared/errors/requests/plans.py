"""Templates and batches: each is judged as a whole before anything begins."""

from shared.errors.base import UserFacingError
from shared.errors.commands import BATCH, BEARER, OPENAPI, REPLY
from shared.errors.requests.http import Conflict, NotFound, RequestRefused

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
