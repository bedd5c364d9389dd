import json

import azure.functions as func
import pytest
from pydantic import SecretStr

from api.http.request import Call
from shared.domain.deadline import Deadline
from shared.domain.deployment import DeployRequest
from shared.errors.requests import InvalidRequest
from shared.identity.tokens import Principal
from tests.support.services import NotGiven, services_of

ID = "7f9c2ba4-e88f-427d-81e0-ad2d67e0a7a1"


def call(body: bytes) -> Call:
    request = func.HttpRequest(
        "POST", "http://127.0.0.1/", headers={"Content-Type": "application/json"}, body=body
    )
    port = NotGiven("port")
    return Call(
        request,
        "r-1",
        services_of(),
        Principal(ID, SecretStr("")),
        port,
        port,
        Deadline.after(60),
        None,
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"description": "\\ud800"}', "description"),
        (b'{"\\udfff": 1}', "?"),
        (b'{"description": {"deep": ["\\uDBFF"]}}', "description"),
    ],
)
def test_half_of_a_surrogate_pair_is_a_mistake_of_that_field(body, field):
    with pytest.raises(InvalidRequest) as failure:
        call(body).body(DeployRequest)
    assert failure.value.message.startswith(f"{field}: ")
    json.dumps(failure.value.message, ensure_ascii=False).encode()


def test_the_length_of_a_text_is_told_in_characters():
    body = b'{"model_id": "%s", "description": "%s"}' % (ID.encode(), b"x" * 1001)
    with pytest.raises(InvalidRequest) as failure:
        call(body).body(DeployRequest)
    told = "description: should have at most 1000 characters, not 1001"
    assert failure.value.message == told


def test_a_whole_pair_is_text():
    body = b'{"model_id": "%s", "description": "\\ud83d\\ude80"}' % ID.encode()
    assert call(body).body(DeployRequest).description == "\U0001f680"
