"""When a version is archived, and the stage that it has then, as recorded."""

import pytest

from devstack.azureml_emulator.arm.asset_views import kept, settle_stage


@pytest.mark.parametrize(
    ("kind", "given", "before", "archived", "stage"),
    [
        ("models", {}, None, False, None),
        ("models", {"stage": "Production"}, None, False, "Production"),
        ("models", {}, {"stage": "Production"}, False, "Production"),
        ("models", {"isArchived": True}, {"stage": None}, True, "Archived"),
        ("models", {"isArchived": True, "stage": "Production"}, {}, True, "Archived"),
        ("models", {"isArchived": False, "stage": "Archived"}, {}, False, None),
        ("models", {"isArchived": False}, {"stage": "Archived"}, False, None),
        ("environments", {"isArchived": True}, {}, True, "Archived"),
        ("environments", {"isArchived": True, "stage": "Development"}, {}, False, "Development"),
        ("environments", {"isArchived": False, "stage": "Archived"}, {}, True, "Archived"),
    ],
)
def test_the_stage_and_whether_it_is_archived_say_the_same(kind, given, before, archived, stage):
    properties = kept(kind, given)
    settle_stage(kind, properties, before)
    assert (properties["isArchived"], properties["stage"]) == (archived, stage)


def test_code_has_no_stage():
    properties = kept("codes", {"codeUri": "https://x/y"})
    settle_stage("codes", properties, None)
    assert "stage" not in properties
