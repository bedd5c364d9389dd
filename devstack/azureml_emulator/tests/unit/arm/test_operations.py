import datetime as dt

from devstack.azureml_emulator.arm.operations import ZERO_TIME, status_body
from devstack.azureml_emulator.arm.records import OperationRecord

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def record(**changes: object) -> OperationRecord:
    return OperationRecord.model_validate(
        {
            "id": "oe:1:2",
            "kind": "create endpoint",
            "api_version": "2022-02-01-preview",
            "endpoint": "one",
            "deployment": None,
            "status": "Creating",
            "started_at": START,
            "due_at": START,
            **changes,
        }
    )


def test_an_older_service_leaves_the_end_out_while_it_runs():
    assert status_body(record(), "/path") == {
        "id": "/path",
        "name": "oe:1:2",
        "status": "Creating",
        "startTime": START.isoformat(),
    }


def test_a_newer_service_says_year_one_while_it_runs():
    body = status_body(record(api_version="2023-04-01-preview"), "/path")
    assert body["endTime"] == ZERO_TIME


def test_both_say_the_end_when_it_ended():
    ended = START + dt.timedelta(seconds=5)
    for version in ("2022-02-01-preview", "2023-04-01-preview"):
        body = status_body(record(api_version=version, status="Succeeded", ended_at=ended), "/path")
        assert (body["endTime"], body["status"]) == (ended.isoformat(), "Succeeded")
        assert "error" not in body


def test_a_failed_operation_carries_its_error():
    error = {"code": None, "message": "ResourceNotReady: ...", "details": []}
    body = status_body(record(status="Failed", ended_at=START, error=error), "/path")
    assert body["error"] == error
