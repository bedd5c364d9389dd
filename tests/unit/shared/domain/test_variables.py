"""Environment variables of a deployment: errors name the variable and never show its value."""

import pytest
from pydantic import ValidationError

from shared.domain.deployment import DeploymentOptions, DeployRequest

MODEL = "5e1f0d2c-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"WORKER_COUNT": "hidden"}, "WORKER_COUNT is reserved"),
        ({"ld_preload": "hidden"}, "ld_preload is reserved"),
        ({"A-B": "hidden"}, "'A-B' is no name"),
        ({"A": "hidden\n"}, "the value of A has characters that cannot be printed"),
        ({"A": "hidden" * 400}, "the value of A has 2400 bytes, more than 2048"),
        ({f"A{n}": "hidden" * 300 for n in range(5)}, "9010 bytes, more than 8192"),
    ],
)
def test_a_refusal_names_the_variable_and_not_its_value(variables, told):
    with pytest.raises(ValidationError) as refused:
        DeployRequest.model_validate({"model_id": MODEL, "environment_variables": variables})
    messages = " ".join(error["msg"] for error in refused.value.errors())
    assert told in messages
    assert "hidden" not in messages


def test_a_printed_specification_shows_no_values():
    assert "hidden" not in repr(DeploymentOptions(environment_variables={"A": "hidden"}))
