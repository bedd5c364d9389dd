import datetime as dt

import pytest

from devstack.azureml_emulator.monitor.autoscale import Profile, Rest, decide

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def rule(direction: str, metric: str, operator: str, threshold: float, **action: object) -> dict:
    return {
        "metricTrigger": {
            "metricName": metric,
            "metricResourceUri": "/d",
            "timeGrain": "PT1M",
            "statistic": "Average",
            "timeWindow": "PT5M",
            "timeAggregation": "Average",
            "operator": operator,
            "threshold": threshold,
        },
        "scaleAction": {
            "direction": direction,
            "type": "ChangeCount",
            "value": "1",
            "cooldown": "PT5M",
            **action,
        },
    }


OUT = rule("Increase", "cpu", "GreaterThan", 70)
OUT_BY_TWO = rule("Increase", "latency", "GreaterThan", 500, value="2", cooldown="PT10M")
IN = rule("Decrease", "cpu", "LessThan", 30)
IN_TOO = rule("Decrease", "latency", "LessThan", 100, value="2")


def decided(rules: list[dict], count: int, rest: Rest | None = None, **values: float | None):
    capacity = {"minimum": "1", "maximum": "5", "default": "2"}
    profile = Profile.model_validate({"name": "default", "capacity": capacity, "rules": rules})
    return decide(profile, count, NOW, rest, lambda trigger, _: values[trigger.metric])


def test_any_rule_scales_out_and_the_largest_result_wins():
    one = decided([OUT, OUT_BY_TWO], 2, cpu=90, latency=100)
    assert (one.count, one.cooldown) == (3, dt.timedelta(minutes=5))
    both = decided([OUT, OUT_BY_TWO], 2, cpu=90, latency=900)
    assert (both.count, both.cooldown) == (4, dt.timedelta(minutes=10))
    assert decided([OUT], 5, cpu=100) is None


def test_all_rules_scale_in_and_the_smallest_step_wins():
    assert decided([IN, IN_TOO], 4, cpu=10, latency=200) is None
    assert decided([IN, IN_TOO], 4, cpu=10, latency=10).count == 3
    assert decided([IN], 1, cpu=0) is None


def test_a_rule_that_scales_out_goes_before_all_that_scale_in():
    assert decided([OUT_BY_TWO, IN], 2, cpu=10, latency=900).count == 4


def test_nothing_moves_in_the_cooldown_of_the_last_action():
    resting = Rest(until=NOW + dt.timedelta(seconds=1))
    assert decided([OUT], 2, resting, cpu=90) is None
    assert decided([IN], 2, resting, cpu=1) is None
    assert decided([OUT], 2, Rest(until=NOW), cpu=90).count == 3


def test_a_scale_in_that_would_scale_out_again_is_put_off():
    lower = rule("Decrease", "cpu", "LessThan", 50)
    assert decided([OUT, lower], 2, cpu=40) is None
    assert decided([OUT, lower], 2, cpu=34).count == 1


@pytest.mark.parametrize(("count", "expected"), [(7, 5), (0, 1)])
def test_a_count_outside_the_limits_is_corrected_at_once(count, expected):
    resting = Rest(until=NOW + dt.timedelta(hours=1))
    assert decided([OUT, IN], count, resting, cpu=50).count == expected


def test_without_data_the_count_goes_up_to_the_default_and_never_down():
    assert decided([OUT, IN], 1, cpu=None).count == 2
    assert decided([OUT, IN], 2, cpu=None) is None
    assert decided([OUT, IN], 4, cpu=None) is None


def test_percent_and_exact_counts():
    half = rule("Increase", "cpu", "GreaterThan", 70, type="PercentChangeCount", value="50")
    assert decided([half], 2, cpu=90).count == 3
    exact = rule("Decrease", "cpu", "LessThan", 30, type="ExactCount", value="2")
    assert decided([exact], 5, cpu=0).count == 2
