import pytest
from pydantic import ValidationError

from devstack.azureml_emulator.faults import Fault, Faults, Match

HOST = "management.azure.com"


def faults(*wanted: dict) -> Faults:
    made = Faults()
    made.replace([Fault.model_validate(one) for one in wanted])
    return made


def test_the_first_fault_that_matches_applies_and_counts_down():
    made = faults(
        {"match": {"method": "put"}, "status": 500, "times": 2},
        {"match": {"path_regex": "/endpoints$"}, "status": 429, "times": None},
    )
    taken = [made.take("PUT", HOST, "/endpoints") for _ in range(4)]
    assert [fault.status for fault in taken if fault] == [500, 500, 429, 429]
    assert [fault.status for fault in made.remaining()] == [429]


def test_what_does_not_match_goes_through():
    made = faults({"match": {"method": "PUT", "path_regex": "/one$"}, "status": 500})
    assert made.take("GET", HOST, "/one") is None
    assert made.take("PUT", HOST, "/one/two") is None
    assert len(made.remaining()) == 1


def test_paths_match_in_any_case_and_hosts_can_be_chosen():
    assert Match(path_regex="/ONLINEendpoints/").matches("GET", HOST, "/onlineEndpoints/x")
    assert not Match(host_regex=r"\.blob\.").matches("GET", HOST, "/")


def test_setting_faults_leaves_the_given_ones_untouched():
    given = Fault(status=500)
    made = Faults()
    made.replace([given])
    made.take("GET", HOST, "/")
    assert (given.times, made.remaining()) == (1, [])


@pytest.mark.parametrize("short", [True, "it broke"])
def test_a_failing_operation_can_be_said_shortly(short):
    failure = Fault.model_validate({"fail_operation": short}).fail_operation
    assert failure is not None
    assert failure.code == "InternalServerError"
    assert failure.message


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"status": 500, "drop_connection": True},
        {"status": 99},
        {"drop_connection": True, "body": "x"},
        {"status": 500, "times": 0},
        {"match": {"path_regex": "["}, "status": 500},
        {"status": 500, "unknown": 1},
    ],
)
def test_faults_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValidationError):
        Fault.model_validate(wrong)
