"""How a function becomes an activity: under its own name, JSON in and out, told to the timeline."""

from pathlib import Path
from unittest.mock import patch

import pytest
import structlog

import activities
from activities.support.phase import ACTIVITIES, PhaseMustWait, phase
from shared.domain.status import Status
from shared.errors.requests import NotActive
from shared.errors.waiting import Throttled
from shared.services import Services
from shared.wire.phases import PhaseResult, RemoveDeployment, RotateKey
from tests.support.records import row, run_of
from tests.support.records_fake import RecordsFake
from tests.support.services import services_of

RUN = run_of(row())


@pytest.fixture
def declared():
    """Phases that a test declares, taken back afterwards."""
    before = len(ACTIVITIES)
    yield lambda: ACTIVITIES[before:]
    del ACTIVITIES[before:]


def called(activity, records, **input):
    asked = {"run": RUN.model_dump(mode="json"), **input}
    with patch("activities.support.phase.services", lambda: services_of(records=records)):
        return activity(asked)


def test_every_file_of_the_folder_is_an_activity_that_takes_its_input_by_that_name():
    found = activities.blueprint()
    built = [builder._function for builder in found._function_builders]
    files = {file.stem for file in Path(str(activities.__file__)).parent.glob("*.py")}
    assert {each.get_function_name() for each in built} == files - {"__init__"}
    assert {each.get_trigger().name for each in built} == {"input"}


def test_a_phase_stays_callable_and_becomes_an_activity_of_its_name(declared):
    @phase("Waving.")
    def wave(input: RotateKey, services: Services) -> PhaseResult:
        """Raise a hand."""
        return PhaseResult(message=f"Waved with the {input.key} hand.")

    [activity] = declared()
    assert (activity.__name__, activity.__qualname__) == ("wave", "wave")
    assert (activity.__module__, activity.__doc__) == (__name__, "Raise a hand.")
    records = RecordsFake(row())
    assert called(activity, records, key="primary") == {
        "value": {"waiting": False, "message": "Waved with the primary hand."}
    }
    assert [(event.status, event.message) for event in records.timeline] == [
        ("started", "Waving."),
        ("succeeded", "Waved with the primary hand."),
    ]
    assert {(event.phase, event.operation_id) for event in records.timeline} == {
        ("wave", RUN.operation_id)
    }


def test_a_later_poll_does_not_begin_again_and_what_waits_has_not_succeeded(declared):
    @phase("Waiting.")
    def wait_for_it(input: RemoveDeployment, services: Services) -> PhaseResult:
        return PhaseResult(waiting=input.poll < 2, message="So it is.")

    [activity] = declared()
    records = RecordsFake(row())
    for poll in range(3):
        called(activity, records, poll=poll)
    assert [event.status for event in records.timeline] == ["started", "succeeded"]


def test_only_a_phase_that_may_be_cancelled_looks_whether_its_deployment_still_deploys(declared):
    @phase("Going forward.")
    def forward(input: RemoveDeployment, services: Services) -> PhaseResult:
        return PhaseResult(message="Done.")

    @phase("Cleaning up.", cancellable=False)
    def clean(input: RemoveDeployment, services: Services) -> PhaseResult:
        return PhaseResult(message="Done.")

    going, cleaning = declared()
    for found in (RecordsFake(row(status="active")), RecordsFake()):
        refused = called(going, found)["failed"]
        assert refused["code"] == "cancelled"
        assert "value" in called(cleaning, found)
    records = RecordsFake(row())
    records.move(row().id, Status.DELETED)
    called(going, records)
    [told] = records.timeline
    assert (told.status, told.error and told.error.code) == ("failed", "cancelled")


def test_a_silent_phase_leaves_no_line(declared):
    @phase("Keeping books.", silent=True)
    def keep(input: RemoveDeployment, services: Services) -> PhaseResult:
        return PhaseResult(message="Kept.")

    [activity] = declared()
    records = RecordsFake(row())
    assert called(activity, records)["value"]["message"] == "Kept."
    assert records.timeline == []


def test_a_refusal_is_returned_and_trouble_is_raised_as_the_text_of_a_retry(declared):
    trouble: list[Exception] = [NotActive("failed"), Throttled("Too fast.", wait_seconds=7)]

    @phase("Trying.")
    def attempt(input: RemoveDeployment, services: Services) -> PhaseResult:
        raise trouble.pop(0)

    [activity] = declared()
    records = RecordsFake(row())
    outcome = called(activity, records)
    assert outcome == {
        "failed": {
            "code": "not_active",
            "message": "This deployment is failed, not active.",
            "fix": NotActive.fix,
        }
    }
    with pytest.raises(PhaseMustWait, match=r"\[throttled wait=7\] Too fast\."):
        called(activity, records, poll=1)
    told = [(event.status, event.message) for event in records.timeline[1:]]
    assert told == [
        ("failed", f"not_active: This deployment is failed, not active. {NotActive.fix}"),
        ("retrying", "Too fast. Trying again."),
    ]


def test_a_mistake_of_ours_is_raised_as_it_is(declared):
    @phase("Crashing.")
    def crash(input: RemoveDeployment, services: Services) -> PhaseResult:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        called(declared()[0], RecordsFake(row()))


def test_every_log_line_of_a_phase_knows_its_request_its_user_and_its_deployment(declared):
    @phase("Looking.")
    def look(input: RemoveDeployment, services: Services) -> PhaseResult:
        seen.update(structlog.contextvars.get_contextvars())
        return PhaseResult()

    structlog.contextvars.clear_contextvars()
    seen: dict[str, str] = {}
    asked = RUN.model_copy(update={"request_id": "r-1", "traceparent": "00-t"})
    called(declared()[0], RecordsFake(row()), run=asked.model_dump(mode="json"))
    assert seen == {
        "request_id": "r-1",
        "traceparent": "00-t",
        "user_id": RUN.user_id,
        "deployment_id": RUN.deployment_id,
        "phase": "look",
    }
    assert structlog.contextvars.get_contextvars() == {}
