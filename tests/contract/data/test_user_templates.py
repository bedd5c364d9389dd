"""One suite, two implementations of UserTemplates: in memory, and Supabase's."""

from typing import Any

import pytest

from shared.domain.template import TemplateRequest
from shared.errors.requests import TemplateNameTaken, TemplateNotFound
from tests.support.user_world import UserWorld

pytestmark = pytest.mark.contract


def wanted(name: str = "small", **settings: Any) -> TemplateRequest:
    return TemplateRequest.model_validate({"name": name, "settings": settings})


def test_a_template_is_kept_as_it_was_sent_and_replaced_as_a_whole(
    users: UserWorld,
) -> None:
    hers = users.ada.templates
    made = hers.save(wanted(instance_count=2, description="für Ada"))
    assert made.settings == {"instance_count": 2, "description": "für Ada"}
    assert hers.template(made.id) == made
    again = hers.save(wanted("large", instance_count=3), made.id)
    assert (again.id, again.name, again.settings) == (made.id, "large", {"instance_count": 3})
    assert again.updated_at > made.updated_at
    other = hers.save(wanted("a first one"))
    assert hers.templates().templates == [other, again]
    assert hers.templates().total == 2


def test_a_name_is_used_once_by_a_user_and_again_by_another(
    users: UserWorld,
) -> None:
    hers, his = users.ada.templates, users.bob.templates
    hers.save(wanted("one"))
    second = hers.save(wanted("two"))
    for template_id in (None, second.id):
        with pytest.raises(TemplateNameTaken, match="called one"):
            hers.save(wanted("one"), template_id)
    his.save(wanted("one"))


def test_another_users_template_is_as_one_that_does_not_exist(
    users: UserWorld,
) -> None:
    hers, his = users.ada.templates, users.bob.templates
    made = hers.save(wanted())
    for attempt in (
        lambda: his.template(made.id),
        lambda: his.save(wanted("mine"), made.id),
        lambda: his.remove(made.id),
    ):
        with pytest.raises(TemplateNotFound):
            attempt()
    assert his.templates().templates == []
    assert hers.template(made.id) == made
    hers.remove(made.id)
    with pytest.raises(TemplateNotFound):
        hers.remove(made.id)
