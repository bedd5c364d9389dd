"""What is kept of a history that is rewound."""

import json

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.history import Event, EventType
from devstack.functions_host.durable.rewind import rewound

BEGIN, END = h.event(EventType.ORCHESTRATOR_STARTED), h.event(EventType.ORCHESTRATOR_COMPLETED)
STARTED = h.execution_started("f", None, None)
FAILED = h.event(EventType.EXECUTION_COMPLETED, Result='"x"', OrchestrationStatus="Failed")


def activity(event_id: int) -> Event:
    return h.event(EventType.TASK_SCHEDULED, event_id, Name="act", Input="null")


def child(event_id: int) -> Event:
    return h.event(
        EventType.SUB_ORCHESTRATION_CREATED, event_id, Name="c", InstanceId=f"c{event_id}"
    )


def timer(event_id: int) -> Event:
    return h.event(EventType.TIMER_CREATED, event_id, FireAt="")


def message(event_id: int, answer_to: str | None) -> Event:
    text = json.dumps({"id": answer_to})
    return h.event(EventType.EVENT_SENT, event_id, InstanceId="@e@k", Name="op", Input=text)


def kept(*history: Event, goes_on=lambda _: False) -> list[Event]:
    return rewound(history, goes_on).events


def ends_of(events: list[Event]) -> list[int]:
    return [e["TaskScheduledId"] for e in events if "TaskScheduledId" in e]


def begun_in(events: list[Event]) -> list[int]:
    return [e["EventId"] for e in events if e["EventId"] >= 0]


def test_what_failed_is_gone_and_what_ended_well_before_and_after_stays():
    one, two, three = activity(0), activity(1), activity(2)
    first = [BEGIN, STARTED, one, two, three, END]
    second = [BEGIN, h.task_completed(0, "1"), h.task_failed(1, "r", "d"), END]
    third = [BEGIN, h.task_completed(2, "3"), FAILED, END]
    events = kept(*first, *second, *third)
    assert begun_in(events) == [0, 2]
    assert ends_of(events) == [0, 2]
    assert events[-1]["EventType"] == EventType.ORCHESTRATOR_COMPLETED
    assert FAILED not in events


def test_what_a_failure_led_to_is_decided_anew():
    first = [BEGIN, STARTED, activity(0), END]
    second = [BEGIN, h.task_failed(0, "r", "d"), timer(1), END]
    third = [BEGIN, h.timer_fired(1, ""), activity(2), END]
    fourth = [BEGIN, h.task_completed(2, "1"), FAILED, END]
    events = kept(*first, *second, *third, *fourth)
    assert (begun_in(events), ends_of(events)) == ([], [])


def test_a_step_that_never_ended_begins_again_but_a_signal_is_not_sent_twice():
    first = [BEGIN, STARTED, timer(0), message(1, None), message(2, "x:2"), activity(3), END]
    events = kept(*first, BEGIN, h.task_failed(3, "r", "d"), FAILED, END)
    assert begun_in(events) == [1]


def test_a_child_that_will_still_answer_keeps_its_place():
    first = [BEGIN, STARTED, child(0), child(1), END]
    second = [BEGIN, h.child_failed(0, "r", "d"), FAILED, END]
    assert begun_in(kept(*first, *second, goes_on=lambda each: each == "c0")) == [0]


def test_external_events_that_came_after_the_failure_are_posted_again():
    first = [BEGIN, STARTED, activity(0), message(1, "x:1"), END]
    answer, outside = h.event_raised("x:1", "1"), h.event_raised("go", "2")
    second = [BEGIN, h.task_failed(0, "r", "d"), answer, outside, FAILED, END]
    found = rewound([*first, *second], lambda _: False)
    assert found.again == [outside]
    assert answer in found.events


def test_an_orchestrator_that_failed_by_itself_runs_its_whole_history_again():
    history = [BEGIN, STARTED, activity(0), END, BEGIN, h.task_completed(0, "1"), FAILED, END]
    assert kept(*history) == [event for event in history if event is not FAILED]
