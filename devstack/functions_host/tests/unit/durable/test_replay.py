"""The walk: ids, order, what is new, and what cannot be."""

from datetime import UTC, datetime, timedelta

import pytest

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.actions import (
    Action,
    CallActivity,
    CallEntity,
    CallOrchestrator,
    ContinueAsNew,
    CreateTimer,
    Retry,
    SignalEntity,
    WaitForEvent,
    WhenAll,
    WhenAny,
)
from devstack.functions_host.durable.determinism import NonDeterminismError
from devstack.functions_host.durable.history import Event, EventType
from devstack.functions_host.durable.replay import Walk, walk

NOW = datetime(2026, 1, 1, tzinfo=UTC)
START = h.execution_started("f", None, None)
A, B, C = CallActivity("a"), CallActivity("b"), CallActivity("c")
TWICE = Retry(timedelta(seconds=5), attempts=2)
TIMER = CreateTimer(NOW + timedelta(hours=1))


def walked(actions: list[Action], *events: Event) -> Walk:
    return walk(actions, [START, *events], NOW)


def scheduled(event_id: int, name: str) -> Event:
    return h.event(EventType.TASK_SCHEDULED, event_id, Name=name)


def done(event_id: int, name: str) -> list[Event]:
    return [scheduled(event_id, name), h.task_completed(event_id, "1")]


def failed(event_id: int, name: str) -> list[Event]:
    return [scheduled(event_id, name), h.task_failed(event_id, "no", "")]


def timer(event_id: int) -> Event:
    return h.event(EventType.TIMER_CREATED, event_id, FireAt=h.timestamp(NOW))


def fired(event_id: int) -> list[Event]:
    return [timer(event_id), h.timer_fired(event_id, "")]


def test_the_first_step_is_new_and_the_next_waits_for_it() -> None:
    found = walked([A, B])
    assert (found.new, found.finished) == ({0: A}, False)


def test_a_completed_step_lets_the_next_one_begin() -> None:
    assert walked([A, B], *done(0, "a")).new == {1: B}


def test_a_step_that_is_scheduled_already_is_not_new() -> None:
    assert walked([A], scheduled(0, "a")).new == {}


def test_the_walk_is_finished_when_the_last_step_has_ended() -> None:
    assert walked([A], *done(0, "a")).finished
    assert walked([]).finished


def test_a_failed_step_ends_as_well_as_a_completed_one() -> None:
    assert walked([A, B], *failed(0, "a")).new == {1: B}


def test_all_members_of_a_group_begin_at_once_with_ids_in_order() -> None:
    group = WhenAll((A, TIMER, WhenAny((B, WaitForEvent("e"), C))))
    assert walked([group]).new == {0: A, 1: TIMER, 2: B, 3: C}


def test_when_all_waits_for_every_member_after_a_failure() -> None:
    group = WhenAll((A, B))
    one_failed = [*failed(0, "a"), scheduled(1, "b")]
    assert walked([group, C], *one_failed).new == {}
    assert walked([group, C], *one_failed, h.task_completed(1, "1")).new == {2: C}


def test_when_any_goes_on_with_its_first_member() -> None:
    events = [scheduled(0, "a"), *done(1, "b")]
    assert walked([WhenAny((A, B)), C], *events).new == {2: C}


@pytest.mark.parametrize("group", [WhenAll(()), WhenAny(())])
def test_an_empty_group_ends_at_once(group: Action) -> None:
    assert walked([group, A]).new == {0: A}


def test_a_retry_pauses_after_every_failure_and_numbers_pause_and_attempt() -> None:
    again = CallActivity("a", retry=TWICE)
    pause = CreateTimer(NOW + TWICE.interval)
    assert walked([again, B], *failed(0, "a")).new == {1: pause}
    assert walked([again, B], *failed(0, "a"), *fired(1)).new == {2: again}
    second = [*failed(0, "a"), *fired(1), *failed(2, "a")]
    # One more timer after the last failure: without it the numbers part from the SDK's.
    assert walked([again, B], *second).new == {3: pause}
    assert walked([again, B], *second, *fired(3)).new == {4: B}


def test_retries_in_a_group_take_their_numbers_in_the_order_of_failure() -> None:
    group = WhenAll((CallActivity("a", retry=TWICE), CallActivity("b", retry=TWICE)))
    both = [scheduled(0, "a"), scheduled(1, "b")]
    b_first = [*both, h.task_failed(1, "", ""), *fired(2), h.task_failed(0, "", "")]
    found = walked([group], *b_first)
    assert list(found.new) == [3, 4]
    assert found.new[3].name == "b"  # type: ignore[union-attr]
    assert isinstance(found.new[4], CreateTimer)


def test_a_sub_orchestration_can_be_retried_too() -> None:
    child = CallOrchestrator("c", retry=TWICE)
    created = h.event(EventType.SUB_ORCHESTRATION_CREATED, 0, Name="c", InstanceId="x")
    assert list(walked([child], created, h.child_failed(0, "", "")).new) == [1]


def test_a_cancelled_timer_ends_at_once_and_keeps_its_number() -> None:
    cancelled = CreateTimer(TIMER.fire_at, cancelled=True)
    found = walked([WhenAny((A, cancelled)), B], scheduled(0, "a"), timer(1))
    assert (found.new, found.cancelled) == ({2: B}, {1})


def test_a_timer_cancelled_before_it_was_created_is_never_created() -> None:
    assert walked([CreateTimer(NOW, cancelled=True), A]).new == {1: A}


def test_waiting_for_an_event_takes_no_number() -> None:
    found = walked([WaitForEvent("e"), A])
    assert (found.new, found.waiting) == ({}, {"e": 1})
    assert walked([WaitForEvent("e"), A], h.event_raised("e", "1")).new == {0: A}


def test_the_newest_listener_gets_the_event() -> None:
    """The first one lost its group to a timer; it must not take what the second waits for."""
    actions: list[Action] = [WhenAny((WaitForEvent("e"), TIMER)), WaitForEvent("e"), A]
    found = walked(actions, *fired(0), h.event_raised("e", "1"))
    assert (found.new, found.waiting) == ({1: A}, {"e": 1})


def test_early_events_are_kept_in_order() -> None:
    early = [h.event_raised("e", "1"), h.event_raised("e", "2")]
    actions: list[Action] = [A, WaitForEvent("e"), WaitForEvent("e"), B]
    assert walked(actions, scheduled(0, "a"), *early, h.task_completed(0, "1")).new == {1: B}


def test_a_signal_ends_at_once_and_takes_a_number() -> None:
    signal = SignalEntity("@counter@k", "add")
    assert walked([signal, A]).new == {0: signal, 1: A}


def test_an_entity_call_ends_with_the_answer_to_its_request() -> None:
    call = CallEntity("@counter@k", "get")
    assert walked([call, A]).calls == {0}
    sent = h.event(EventType.EVENT_SENT, 0, InstanceId="@counter@k", Input='{"id": "r1"}')
    found = walked([call, A], sent, h.event_raised("r1", '{"result": "1"}'))
    assert (found.new, found.calls) == ({1: A}, set())


def test_continue_as_new_ends_the_walk() -> None:
    found = walked([A, ContinueAsNew("7")], *done(0, "a"))
    assert (found.finished, found.continue_as_new) == (True, ContinueAsNew("7"))
    assert walked([A, ContinueAsNew("7")]).continue_as_new is None


@pytest.mark.parametrize(
    ("actions", "events", "event_id", "said"),
    [
        ([B], done(0, "a"), 0, "activity 'a' .* is activity 'b' on replay"),
        ([TIMER], done(0, "a"), 0, "activity 'a' .* is a timer on replay"),
        ([A, B], [*done(0, "a"), timer(1)], 1, "a timer .* is activity 'b' on replay"),
        ([A], [*done(0, "a"), *done(1, "b")], 1, "no longer asked for"),
        ([A], [*done(0, "a"), scheduled(1, "b")], 1, "'b' .* no longer asked for"),
        ([SignalEntity("@e@1", "x")], done(0, "a"), 0, "message to entity '@e@1'"),
        ([CallOrchestrator("a")], done(0, "a"), 0, "sub-orchestration 'a' on replay"),
    ],
)
def test_a_change_of_mind_is_named_with_its_number(
    actions: list[Action], events: list[Event], event_id: int, said: str
) -> None:
    with pytest.raises(NonDeterminismError, match=f"(?s){said}") as caught:
        walked(actions, *events)
    assert caught.value.event_id == event_id


def test_an_end_that_comes_twice_changes_nothing() -> None:
    assert walked([A, B], *done(0, "a"), h.task_completed(0, "2")).new == {1: B}
