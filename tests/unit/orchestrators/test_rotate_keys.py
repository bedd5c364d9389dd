from orchestrators.rotate_keys import rotate_keys
from tests.support.orchestration import ALL_DONE, done, drive, failed, names, trouble, waiting


def keys(context):
    return [value["key"] for name, value in context.calls if name == "rotate_key"]


def ends(context):
    return [value["failed"] for name, value in context.calls if name == "end_operation"]


def test_the_second_key_waits_for_the_firsts_operation_however_long_it_takes():
    answers = {**ALL_DONE, "rotate_key": [*[waiting()] * 15, done(), waiting(), done()]}
    result, context = drive(rotate_keys, answers)
    assert result == {"status": "rotated"}
    assert keys(context) == ["primary"] * 16 + ["secondary"] * 2
    assert sum(context.waits) > 10
    assert ends(context) == [None]


def test_a_busy_endpoint_is_waited_for():
    answers = {**ALL_DONE, "rotate_key": [trouble("endpoint_busy", 15), done()]}
    result, context = drive(rotate_keys, answers)
    assert result == {"status": "rotated"}
    assert context.waits == [15]


def test_where_the_first_key_fails_the_second_keeps_working():
    result, context = drive(rotate_keys, {**ALL_DONE, "rotate_key": failed("endpoint_vanished")})
    assert (result["status"], result["code"]) == ("failed", "endpoint_vanished")
    assert result["phase"] == "rotate_key"
    assert keys(context) == ["primary"]
    assert [failed["code"] for failed in ends(context)] == ["endpoint_vanished"]


def test_a_run_of_before_there_were_operations_takes_the_steps_that_it_began_with():
    _, context = drive(rotate_keys, ALL_DONE, version=None)
    assert names(context) == ["rotate_key", "rotate_key"]
