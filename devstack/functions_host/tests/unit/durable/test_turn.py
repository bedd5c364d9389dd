"""Which mail a turn reads, and what an orchestrator's answer changes."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.actions import CallActivity, ContinueAsNew, SignalEntity
from devstack.functions_host.durable.catalogue import Catalogue, UnknownFunctionError
from devstack.functions_host.durable.codec import Outcome
from devstack.functions_host.durable.history import Event, EventType
from devstack.functions_host.durable.instance import Instance, Letter, Status
from devstack.functions_host.durable.turn import (
    closed,
    opened,
    sort_mail,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CATALOGUE = Catalogue(frozenset({"Act"}), frozenset(), frozenset({"Counter"}))
RUNNING = Instance("i", "x", "f", None, None, Status.RUNNING, None, None, "", "")
STARTED = h.execution_started("f", None, None)


def letters(*events: Event) -> list[Letter]:
    return [Letter(n, event) for n, event in enumerate(events)]


def raised(name: str) -> Event:
    return h.event_raised(name, "1")


def read(instance: Instance, *events: Event) -> list[Event]:
    return [letter.event for letter in sort_mail(instance, letters(*events)).read]


def test_an_event_is_read_when_somebody_waits_for_it_and_only_as_often() -> None:
    waiting = replace(RUNNING, waiting=Counter({"e": 1}))
    first, second, other = raised("e"), raised("e"), raised("other")
    mail = sort_mail(waiting, letters(other, first, second))
    assert [x.event for x in mail.read] == [first]
    assert [x.event for x in mail.held] == [other, second]


def test_the_start_of_an_execution_is_read_before_all_else() -> None:
    done = h.task_completed(0, "1")
    assert read(RUNNING, done, STARTED) == [STARTED, done]


def test_a_suspended_instance_reads_only_what_steers_it() -> None:
    paused = replace(RUNNING, status=Status.SUSPENDED)
    done, resumed = h.task_completed(0, "1"), h.resumed("")
    assert read(paused, done) == []
    assert read(paused, done, resumed) == [done, resumed]


def test_a_suspension_holds_what_came_before_it_too() -> None:
    done, suspended = h.task_completed(0, "1"), h.suspended("")
    mail = sort_mail(RUNNING, letters(done, suspended))
    assert (mail.suspended, [x.event for x in mail.read]) == (True, [suspended])
    assert not mail.calls_user_code


def test_a_termination_is_seen_even_while_suspended() -> None:
    paused = replace(RUNNING, status=Status.SUSPENDED)
    assert sort_mail(paused, letters(h.terminated("why"))).terminated


def _closed(outcome: Outcome):
    mail = sort_mail(RUNNING, letters(STARTED))
    return closed(RUNNING, [], mail, opened(mail), outcome, CATALOGUE, NOW)


def test_a_turn_schedules_what_is_new_between_its_start_and_its_end() -> None:
    turn = _closed(Outcome((CallActivity("act", '"x"'),)))
    assert [e["EventType"] for e in turn.events] == [12, 0, 4, 13]
    assert (turn.work[0].task_id, turn.work[0].name, turn.work[0].input) == (0, "act", '"x"')
    assert turn.status is Status.RUNNING


def test_function_names_are_case_insensitive_and_unknown_ones_are_refused() -> None:
    _closed(Outcome((CallActivity("ACT"),)))
    with pytest.raises(UnknownFunctionError, match=r"'nope' doesn't exist.*The app has: Act"):
        _closed(Outcome((CallActivity("nope"),)))


def test_an_end_counts_only_when_every_action_has_ended() -> None:
    assert _closed(Outcome((CallActivity("act"),), is_done=True)).status is Status.RUNNING
    assert _closed(Outcome((), is_done=True, output="3")).status is Status.COMPLETED


def test_an_error_wins_over_an_end() -> None:
    turn = _closed(Outcome((), is_done=True, error="boom"))
    assert (turn.status, turn.output) == (
        Status.FAILED,
        "\"Orchestrator function 'f' failed: boom\"",
    )


def test_a_signal_sent_by_the_last_step_goes_out_before_the_end() -> None:
    turn = _closed(Outcome((SignalEntity("@counter@k", "add", "1"),), is_done=True))
    kinds = [EventType(e["EventType"]).name for e in turn.events]
    assert kinds[-3:] == ["EVENT_SENT", "EXECUTION_COMPLETED", "ORCHESTRATOR_COMPLETED"]
    assert turn.messages[0].operation == "add"


def test_continue_as_new_restarts_with_json_inside_a_json_string() -> None:
    """The SDK posts JSON text; as an input it is a string, the same as after a client's start."""
    turn = _closed(Outcome((ContinueAsNew('{"n": 1}'),), is_done=True))
    assert turn.restart_with == '"{\\"n\\": 1}"'
    assert turn.status is Status.RUNNING
