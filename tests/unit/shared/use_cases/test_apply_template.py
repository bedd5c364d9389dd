"""A template fills what a request leaves out, and is told where it is legal no more."""

from typing import Any

import pytest

from shared.domain.deployment import DeploymentOptions, DeployRequest
from shared.domain.template import Template, TemplateRequest, sent
from shared.errors.requests import TemplateIllegal
from shared.ports.sizes import ReleasedSizes
from shared.use_cases.apply_template import filled, with_template
from tests.support.records import MODEL_ID, NOW
from tests.support.user_templates_fake import UserTemplatesFake

ID = "99999999-9999-4999-8999-999999999999"


def template(**settings: Any) -> Template:
    return Template(id=ID, name="small", settings=settings, created_at=NOW, updated_at=NOW)


def wanted(**fields: Any) -> DeployRequest:
    return DeployRequest.model_validate({"model_id": MODEL_ID, "template_id": ID, **fields})


def with_its(template: Template, **fields: Any) -> DeployRequest:
    return filled(wanted(**fields), template, ReleasedSizes())


def test_what_the_request_leaves_out_is_the_templates():
    result = with_its(template(instance_count=3, endpoint_name="iris"))
    assert (result.instance_count, result.endpoint_name, str(result.model_id)) == (
        3,
        "iris",
        MODEL_ID,
    )


def test_what_the_request_sends_wins_even_where_it_is_the_default_or_null():
    own = {"instance_count": 1, "description": None, "environment_variables": {"A": "1"}}
    given = template(instance_count=3, description="x", environment_variables={"B": "2"})
    result = with_its(given, **own)
    assert result.model_dump(include=set(own)) == own


def test_a_result_is_what_the_same_request_without_a_template_would_be():
    """The hash of an Idempotency-Key, and the row, are made from it."""
    result = with_its(template(instance_type="Standard_DS2_v2"), instance_count=2)
    plain = DeployRequest.model_validate(
        {"model_id": MODEL_ID, "instance_count": 2, "instance_type": "Standard_DS2_v2"}
    )
    assert result.asked == plain.asked


def test_every_option_of_a_deployment_may_be_in_a_template():
    settings = DeploymentOptions().model_dump(mode="json")
    saved = TemplateRequest.model_validate({"name": "all", "settings": settings})
    assert sent(saved.settings) == settings
    assert with_its(template(**settings)).template_id is None


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"instance_count": 99}, "instance_count: "),
        ({"gone": 1}, "gone: "),
        ({"instance_type": "Standard_A1"}, "instance_type: 'Standard_A1' is not offered"),
    ],
)
def test_a_template_that_has_become_illegal_says_which_field(settings, field):
    with pytest.raises(TemplateIllegal) as refused:
        with_its(template(**settings))
    assert "The template small is not accepted any more" in refused.value.message
    assert field in refused.value.message


def test_what_the_request_sends_itself_is_no_mistake_of_the_template():
    old = template(instance_type="Standard_A1", instance_count=2)
    result = with_its(old, instance_type="Standard_DS2_v2")
    assert (result.instance_type, result.instance_count) == ("Standard_DS2_v2", 2)


def test_a_request_without_a_template_asks_for_none():
    plain = DeployRequest.model_validate({"model_id": MODEL_ID})
    none = UserTemplatesFake(AssertionError())
    assert with_template(plain, templates=none, sizes=ReleasedSizes()) is plain


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "settings": {"model_id": MODEL_ID}},
        {"name": "x", "settings": {"user_id": MODEL_ID}},
        {"name": "x", "settings": {"template_id": ID}},
        {"name": "x", "settings": {"instance_count": 0}},
        {"name": "x", "settings": {"environment_variables": {"PATH": "/"}}},
        {"name": "", "settings": {}},
        {"name": "a\x1b", "settings": {}},
        {"name": "x" * 101, "settings": {}},
        {"name": "x"},
    ],
)
def test_a_template_is_judged_by_the_rules_of_a_deploy_request(body):
    with pytest.raises(ValueError, match="validation error"):
        TemplateRequest.model_validate(body)


def test_the_template_is_the_one_that_the_request_names():
    templates = UserTemplatesFake()
    saved = [
        templates.save(
            TemplateRequest.model_validate({"name": name, "settings": {"description": name}})
        )
        for name in ("a", "b")
    ]
    asked = wanted(template_id=saved[1].id, instance_count=2)
    result = with_template(asked, templates, ReleasedSizes())
    assert (result.description, result.instance_count) == ("b", 2)


def test_each_mistake_is_told_by_its_field_in_plain_words():
    old = template(instance_count=99, autoscale={"max": 0}, environment_variables={"PATH": "/"})
    with pytest.raises(TemplateIllegal) as refused:
        filled(wanted(), old, ReleasedSizes())
    told = refused.value.message
    assert "instance_count: Input should be less than or equal to 10" in told
    assert "; autoscale.max: Input should be greater than or equal to 1" in told
    assert "Value error" not in told
    assert "http" not in told
    within = template(autoscale={"min": 2, "max": 3})
    with pytest.raises(TemplateIllegal, match="settings: instance_count 5 lies outside"):
        filled(wanted(instance_count=5), within, ReleasedSizes())
