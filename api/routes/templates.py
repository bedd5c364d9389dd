"""Routes about templates: a user's named settings of a deployment."""

from api.http.request import Call, Reply
from api.http.routing import route
from shared.domain.deployment_view import Message
from shared.domain.template import Template, TemplateList, TemplateRequest

TEMPLATE = "templates/{template_id:guid}"


@route(
    "GET",
    "templates",
    summary="All of the caller's templates, by name.",
    reply=TemplateList,
    etag=True,
)
def list_templates(call: Call) -> TemplateList:
    return call.templates.templates()


@route(
    "POST",
    "templates",
    summary="Save settings of a deployment under a name; a deploy request takes the id.",
    body=TemplateRequest,
    reply=Template,
    success=201,
    replies={"Location": "The template."},
    errors=(400, 409, 413, 415, 422),
)
def create_template(call: Call) -> Reply:
    made = call.templates.save(call.body(TemplateRequest))
    return Reply(201, made.model_dump_json(), {"Location": f"/templates/{made.id}"})


@route(
    "GET",
    TEMPLATE,
    summary="One template, also where its settings are accepted no more.",
    reply=Template,
    errors=(404,),
    etag=True,
)
def get_template(call: Call) -> Template:
    return call.templates.template(call.template_id)


@route(
    "PUT",
    TEMPLATE,
    summary="Replace a template's name and settings; deployments made with it keep theirs.",
    body=TemplateRequest,
    reply=Template,
    errors=(400, 404, 409, 413, 415, 422),
)
def replace_template(call: Call) -> Template:
    return call.templates.save(call.body(TemplateRequest), call.template_id)


@route(
    "DELETE",
    TEMPLATE,
    summary="Remove a template; deployments made with it stay as they are.",
    reply=Message,
    errors=(404,),
)
def remove_template(call: Call) -> Message:
    call.templates.remove(call.template_id)
    return Message(message="Template removed.")
