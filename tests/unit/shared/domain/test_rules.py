"""Names, prices, status moves, the timeline: rules without any world."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.catalogue import CATALOGUE
from shared.domain.naming import generated_deployment_name, generated_endpoint_name, is_legal
from shared.domain.status import LEGAL_MOVES, Status, may_move
from shared.domain.timeline import Event, fold_timeline

NOW = datetime(2026, 11, 23, 10, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", ["abc", "a-1", "A9-b-c", "a" * 32])
def test_legal_names_are_accepted(name):
    assert is_legal(name)


@pytest.mark.parametrize(
    "name", ["", "ab", "a" * 33, "1ab", "-ab", "ab-", "a--b", "a_b", "a.b", "äbc", "abc\n"]
)
def test_illegal_names_are_refused(name):
    assert not is_legal(name)


@given(
    st.datetimes(),
    st.text("abcdefghij0123456789", min_size=4, max_size=4),
)
def test_generated_names_are_always_legal(moment, suffix):
    assert is_legal(generated_deployment_name(moment))
    assert is_legal(generated_endpoint_name(moment, suffix))


def test_generated_names_have_the_documented_form():
    assert generated_deployment_name(NOW) == "deploy-20261123102030"
    assert generated_endpoint_name(NOW, "ab12") == "endpoint-20261123102030-ab12"


@pytest.mark.parametrize(
    ("instance_type", "instances", "cores"),
    [("Standard_F4s_v2", 1, 8), ("Standard_DS3_v2", 1, 8), ("Standard_DS1_v2", 1, 2),
     ("Standard_DS2_v2", 5, 12), ("Standard_DS4_v2", 10, 96)],
)  # fmt: skip
def test_quota_reserves_a_fifth_for_upgrades(instance_type, instances, cores):
    assert CATALOGUE[instance_type].cores_of_quota(instances) == cores


def test_prices_are_those_of_the_region_times_the_instances():
    assert CATALOGUE["Standard_DS2_v2"].usd_per_hour("westeurope", 3) == pytest.approx(0.408)
    assert CATALOGUE["Standard_DS2_v2"].usd_per_hour("atlantis") is None


def test_only_the_documented_moves_are_legal():
    assert {(old, new) for old in Status for new in Status if may_move(old, new)} == {
        ("deploying", "active"), ("deploying", "failed"), ("deploying", "deleted"),
        ("deploying", "asleep"), ("active", "deleted"), ("active", "failed"), ("active", "asleep"),
        ("asleep", "deploying"), ("asleep", "deleted"), ("failed", "deleted"),
    }  # fmt: skip
    assert set(LEGAL_MOVES) == set(Status)


def event(phase, status, second, message="", detail=None):
    return Event(
        deployment_id="d", phase=phase, status=status, message=message, detail=detail,
        at=NOW.replace(second=second),
    )  # fmt: skip


def test_the_timeline_folds_into_phases_in_the_order_they_began():
    folded = fold_timeline(
        [
            event("a", "started", 1),
            event("b", "started", 2),
            event("a", "retrying", 3, "busy"),
            event("b", "failed", 4, "no", "log"),
            event("a", "succeeded", 5, "fine"),
        ]
    )
    assert [(p.phase, p.status, p.message, p.detail) for p in folded] == [
        ("a", "succeeded", "fine", None),
        ("b", "failed", "no", "log"),
    ]
    seconds = [
        (phase.started_at.second, phase.ended_at.second)
        for phase in folded
        if phase.started_at and phase.ended_at
    ]
    assert seconds == [(1, 5), (2, 4)]


def test_a_phase_that_begins_anew_is_timed_anew_and_keeps_what_it_said():
    folded = fold_timeline(
        [
            event("a", "started", 1),
            event("a", "succeeded", 2, "10 %: good."),
            event("a", "started", 3),
            event("a", "succeeded", 4, "50 %: good."),
            event("a", "started", 5, "Watching."),
            event("a", "started", 6, "Watching."),
        ]
    )
    assert [(p.status, p.message, p.started_at, p.ended_at) for p in folded] == [
        ("started", "Watching.", NOW.replace(second=5), None)
    ]
    assert folded[0].earlier == ["10 %: good.", "50 %: good."]


def test_a_phase_under_way_has_no_end():
    assert fold_timeline([event("a", "started", 1)])[0].ended_at is None
