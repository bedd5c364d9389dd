"""Releases: which share the new revision gets when, and where the traffic is after a bad one."""

from typing import Any

import pytest

from orchestrators.deploy_model import deploy_model
from orchestrators.open_endpoint import open_endpoint
from orchestrators.stage_model import stage_model
from tests.support.orchestration import ALL_DONE, RUN, Context, _run, done, drive, failed, names

CANARY = {"strategy": "canary", "steps": [10, 50], "step_minutes": 2}
SHADOW = {"strategy": "shadow", "minutes": 2, "mirror_percent": 20}
SERVED = {**ALL_DONE, "create_deployment": done(traffic_before={"green": 100})}


def spec(release):
    return {
        **{k: RUN[k] for k in ("model_id", "deployment_name", "endpoint_name")},
        "release": release,
    }


def released(release, answers=SERVED, events=None):
    request = {**RUN, "spec": spec(release)}
    return drive(deploy_model, answers, request, events=events)


def shares(context):
    """What the new revision had after each step."""
    return [
        sent["wanted"]["traffic"].get("blue", 0)
        for name, sent in context.calls
        if name == "step_release"
    ]


def looks(context):
    return [sent for name, sent in context.calls if name == "watch_release"]


def test_a_canary_gets_its_shares_one_after_the_other_and_then_everything():
    result, context = released(CANARY)
    assert shares(context) == [10, 50, 100]
    assert [look["last"] for look in looks(context)] == [False, False, False, True] * 2
    assert names(context)[-1] == "finalize"
    assert result["status"] == "active"


def test_each_step_starts_from_what_the_one_before_left():
    _, context = released(CANARY)
    steps = [sent for name, sent in context.calls if name == "step_release"]
    assert [step["expected"]["traffic"] for step in steps] == [
        {"green": 100},
        {"blue": 10, "green": 90},
        {"blue": 50, "green": 50},
    ]


@pytest.mark.parametrize(
    ("release", "share", "copies"), [(CANARY, 10, {"grey": 5}), (SHADOW, 0, {"blue": 20})]
)
def test_copies_stay_and_the_new_one_is_never_compared_with_itself(release, share, copies):
    before = {"green": 60, "BLUE": 40}
    opened = done(traffic_before=before, mirror_before={"Grey": 5})
    _, context = released(release, {**SERVED, "create_deployment": opened})
    steps = [sent for name, sent in context.calls if name == "step_release"]
    first, last = steps[0]["expected"], steps[-1]["wanted"]
    assert (first["traffic"], first["mirror"]) == ({"green": 100}, {"grey": 5})
    assert last["mirror"] == {"grey": 5}
    assert {str(step["wanted"]["mirror"]) for step in steps[:-1]} == {str(copies)}
    assert [each["wanted"] for each in steps[:-1]] == [each["expected"] for each in steps[1:]]
    assert (looks(context)[0]["before"], looks(context)[0]["share"]) == (["green"], share)


def test_a_step_lasts_as_long_as_was_asked_and_no_poll_longer():
    _, context = released({**CANARY, "steps": [10], "step_minutes": 1.25})
    assert context.waits == [30, 30, 15]


def test_what_the_owner_says_while_the_metrics_are_read_is_heard_without_waiting():
    asked: list[str] = ["abort", "resume", "pause", "resume"]

    def look(_):
        if not context.heard[-1].is_completed:
            context.heard[-1].result = f'"{asked.pop()}"'
        return done()

    halves: dict[str, Any] = {"stage_model": stage_model, "open_endpoint": open_endpoint}
    request = {**RUN, "spec": spec({**CANARY, "step_minutes": 20})}
    context = Context({**SERVED, "watch_release": look}, halves, request)
    result = _run(deploy_model, context)
    assert result["code"] == "release_aborted"
    assert context.waits == [30] * 4
    notes = [each["note"] for each in looks(context)]
    assert notes == [*[""] * 3, "Paused, as asked.", "", "Resumed, as asked.", ""]


def test_the_others_share_the_rest_in_their_proportions():
    answers = {**ALL_DONE, "create_deployment": done(traffic_before={"a": 70, "b": 30})}
    _, context = released({**CANARY, "steps": [10]}, answers)
    wanted = next(sent for name, sent in context.calls if name == "step_release")["wanted"]
    assert wanted["traffic"] == {"blue": 10, "a": 63, "b": 27}


def test_a_bad_canary_is_withdrawn_at_the_look_that_shows_it():
    answers = {**SERVED, "watch_release": [done(silent=True), failed("release_rejected")]}
    result, context = released(CANARY, answers)
    assert shares(context) == [10]
    assert sum(context.waits) <= 60
    withdrawn = next(sent for name, sent in context.calls if name == "withdraw_traffic")
    assert withdrawn["restore"] == {"green": 100}
    assert "remove_deployment" in names(context)
    assert (result["status"], result["code"]) == ("failed", "release_rejected")


def test_a_bad_canary_is_kept_for_its_log_where_that_was_asked():
    answers = {**SERVED, "watch_release": failed("release_rejected")}
    _, context = released({**CANARY, "on_failure": "keep"}, answers)
    assert "withdraw_traffic" in names(context)
    assert not {"remove_deployment", "remove_endpoint"} & set(names(context))


def test_traffic_that_was_moved_outside_is_not_put_back():
    answers = {**SERVED, "step_release": failed("traffic_changed")}
    _, context = released(CANARY, answers)
    withdrawn = next(sent for name, sent in context.calls if name == "withdraw_traffic")
    assert withdrawn["restore"] == {}


def test_too_few_requests_are_waited_for_one_step_more():
    silent = [*[done(silent=True)] * 4, *[done(silent=False)] * 4]
    result, context = released({**CANARY, "steps": [10]}, {**SERVED, "watch_release": silent})
    assert len(looks(context)) == 8
    assert result["status"] == "active"


def test_too_few_requests_are_no_obstacle_where_that_was_asked():
    release = {**CANARY, "on_silence": "go_on"}
    result, context = released(release, {**SERVED, "watch_release": done(silent=True)})
    assert len(looks(context)) == 8
    assert result["status"] == "active"


def test_a_release_that_stays_silent_ends_after_a_week():
    answers = {**SERVED, "watch_release": done(silent=True)}
    release = {**CANARY, "step_minutes": 1440}
    result, context = released(release, answers)
    assert result["code"] == "release_aborted"
    assert shares(context) == [10]


def test_an_aborted_release_puts_the_traffic_back():
    result, context = released(CANARY, events=[(45, '"abort"')])
    assert result["code"] == "release_aborted"
    assert shares(context) == [10]
    assert sum(context.waits) <= 45
    assert "withdraw_traffic" in names(context)


def test_a_paused_release_is_watched_and_goes_no_further_until_it_is_resumed():
    _, context = released({**CANARY, "steps": [10]}, events=[(30, '"pause"'), (600, '"resume"')])
    looked = looks(context)
    assert [look["note"] for look in looked if look["note"]] == [
        "Paused, as asked.",
        "Resumed, as asked.",
    ]
    assert len(looked) > 15
    assert [look["last"] for look in looked].index(True) == len(looked) - 1
    assert shares(context) == [10, 100]


def test_a_shadow_gets_copies_then_everything():
    _, context = released(SHADOW)
    first, last = (sent["wanted"] for name, sent in context.calls if name == "step_release")
    assert (first["traffic"], first["mirror"]) == ({"green": 100}, {"blue": 20})
    assert (last["traffic"], last["mirror"]) == ({"blue": 100}, {})


def test_a_bad_shadow_never_serves():
    answers = {**SERVED, "watch_release": failed("release_rejected")}
    result, context = released(SHADOW, answers)
    assert shares(context) == [0]
    assert result["code"] == "release_rejected"


def test_manual_moves_nothing():
    result, context = released({"strategy": "manual"})
    assert not {"shift_traffic", "step_release"} & set(names(context))
    assert result["status"] == "active"


@pytest.mark.parametrize("release", [CANARY, SHADOW])
def test_the_first_revision_has_nothing_to_be_compared_with(release):
    _, context = released(release, ALL_DONE)
    assert "shift_traffic" in names(context)
    assert "watch_release" not in names(context)
