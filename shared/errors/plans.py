"""Templates and batches: what is wrong with a plan before anything begins, and how a batch ends."""

from shared.errors.commands import BEARER, REPLY
from shared.errors.requests import Conflict, NotFound, RequestRefused

TITLE = "Templates and batches"
PROMISE = (
    "A template or a batch is judged as a whole before anything begins: what is refused has left"
    " nothing behind. How a batch has ended is told in its own operation and in its deployments."
)

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
