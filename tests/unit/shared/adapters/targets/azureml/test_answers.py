"""All shapes of Azure's error answers are read into one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.targets.azureml.answers import read_answer
from tests.support import serving_target_replies as azure


def test_reads_arm():
    answer = read_answer(403, azure.NO_RIGHT, {})
    assert answer.codes == ("AuthorizationFailed",)
    assert answer.status == 403


def test_reads_the_inner_errors_of_the_services_own_shape():
    answer = read_answer(404, azure.MODEL_MISSING, {})
    assert answer.codes == ("UserError", "NotFound", "NoSuchModelRegistered")
    assert answer.ids == {"operation": "5d2f", "request": "0b9bd5c1"}


def test_reads_the_raw_envelope():
    answer = read_answer(400, azure.envelope("UserError", "No.", "BadArgument", "TooLong"), {})
    assert answer.codes == ("UserError", "BadArgument", "TooLong")
    assert answer.ids == {"operation": "77e1", "request": "9f2a"}


def test_reads_json_inside_a_message():
    answer = read_answer(400, azure.NAME_TAKEN, {})
    assert answer.reason.startswith("There is already an endpoint with this name")
    assert "traceId" in answer.ids


def test_reads_the_code_that_is_the_prefix_of_a_message():
    assert read_answer(200, azure.CONTAINER_CRASH, {}).has("ResourceNotReady")
    answer = read_answer(200, azure.operation(None, "(None) ImageBuildFailure: No."), {})
    assert answer.codes == ("ImageBuildFailure",)


def test_an_ordinary_colon_is_no_code():
    assert read_answer(400, azure.arm("Bad", "Error: field: no."), {}).codes == ("Bad",)


def test_reads_the_blob_stores_xml_and_its_header():
    answer = read_answer(403, azure.BLOB_FORBIDDEN, {"x-ms-error-code": "AuthorizationFailure"})
    assert answer.codes == ("AuthorizationPermissionMismatch", "AuthorizationFailure")
    assert "not authorized" in answer.text


def test_reads_the_title_of_an_html_page():
    assert read_answer(502, azure.HTML, {}).reason == "502 Bad Gateway"


def test_a_null_body_is_a_reply_without_words():
    for body in ("null", "", None):
        answer = read_answer(504, body, {"Retry-After": "soon"})
        assert (answer.codes, answer.messages, answer.retry_after) == ((), (), None)


def test_signatures_and_tokens_never_reach_a_message():
    body = azure.arm(
        "Bad", "PUT https://a.blob.core.windows.net/c?sv=1&sig=abc%2B&se=2; Bearer x.y"
    )
    text = read_answer(403, body, {}).text
    assert "abc" not in text
    assert "x.y" not in text
    assert "se=2" in text


@given(st.integers(100, 599), st.text(max_size=200))
def test_reads_whatever_comes(status, body):
    assert read_answer(status, body, {}).status == status


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["error", "code", "message", "details", "innerError", "info", "errors", "value"]
            ),
            inner,
            max_size=4,
        )
    ),
)


@given(JSON)
def test_reads_whatever_json_comes(body):
    import json

    assert read_answer(400, json.dumps(body), {}).status == 400


@pytest.mark.parametrize("body", ["[" * 5000, '{"error":' * 3000, "[" * 900 + "]" * 900])
def test_an_answer_nested_without_end_is_a_reply_all_the_same(body):
    assert read_answer(502, body, {}).status == 502
