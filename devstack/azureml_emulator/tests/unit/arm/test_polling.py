import datetime as dt
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from devstack.azureml_emulator.arm.polling import ZERO_TIME, result_url, status_body, status_url
from devstack.azureml_emulator.arm.records import OperationRecord
from devstack.azureml_emulator.workspace import Workspace

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


def test_a_creation_that_runs_is_updating_at_no_percent_and_ends_in_year_one():
    assert status_body(record(), "/path") == {
        "id": "/path",
        "name": "oe:1:2",
        "status": "Updating",
        "startTime": START.isoformat(),
        "endTime": ZERO_TIME,
        "percentComplete": 0.0,
    }


def test_a_deletion_that_runs_is_updating_too():
    assert status_body(record(status="Deleting"), "/path")["status"] == "Updating"


def test_the_end_is_said_when_it_ended():
    ended = START + dt.timedelta(seconds=5)
    body = status_body(record(status="Succeeded", ended_at=ended), "/path")
    assert (body["endTime"], body["status"]) == (ended.isoformat(), "Succeeded")
    assert body["percentComplete"] == 0.0
    assert "error" not in body


def test_a_failed_operation_carries_its_error():
    error: dict[str, Any] = {"code": None, "message": "ResourceNotReady: ...", "details": []}
    body = status_body(record(status="Failed", ended_at=START, error=error), "/path")
    assert body["error"] == error


def test_a_header_leads_to_the_operation_with_the_proofs_that_arm_adds():
    workspace = Workspace()
    url = urlsplit(result_url(workspace, record()))
    assert url.path.endswith("/locations/westeurope/mfeOperationResults/oe:1:2")
    query = dict(parse_qsl(url.query))
    assert list(query) == ["api-version", "t", "c", "s", "h"]
    assert query["api-version"] == "2022-02-01-preview"
    bare = status_url(workspace, "oe:1:2", "2023-04-01-preview")
    assert urlsplit(bare).query == "api-version=2023-04-01-preview"
