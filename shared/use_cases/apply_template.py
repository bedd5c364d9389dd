"""A deploy request that names a template, with the template's settings in it."""

from pydantic import ValidationError

from shared.domain.deployment import DeployRequest
from shared.domain.template import Template
from shared.errors.requests import InstanceTypeUnknown, TemplateIllegal
from shared.ports.sizes import Sizes
from shared.ports.user_templates import UserTemplates


def with_template(wanted: DeployRequest, templates: UserTemplates, sizes: Sizes) -> DeployRequest:
    """The request with its template's settings filled in; as it is where it names none.

    Raises TemplateNotFound, TemplateIllegal.
    """
    if wanted.template_id is None:
        return wanted
    return filled(wanted, templates.template(str(wanted.template_id)), sizes)


def filled(wanted: DeployRequest, template: Template, sizes: Sizes) -> DeployRequest:
    """The request with this template's settings; fields that it sent win, even where they are null.

    Raises TemplateIllegal where the two together are no legal request, or where the template's
    size is not on offer.
    """
    own = wanted.model_dump(include=wanted.model_fields_set - {"template_id"})
    try:
        request = DeployRequest.model_validate({**template.settings, **own})
        if "instance_type" not in own:
            sizes.named(request.instance_type)
    except InstanceTypeUnknown as unknown:
        raise TemplateIllegal(template.name, unknown.message) from None
    except ValidationError as invalid:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in error['loc']) or 'settings'}: "
            f"{error['msg'].removeprefix('Value error, ')}"
            for error in invalid.errors(
                include_url=False, include_input=False, include_context=False
            )
        )
        raise TemplateIllegal(template.name, problems) from None
    return request
