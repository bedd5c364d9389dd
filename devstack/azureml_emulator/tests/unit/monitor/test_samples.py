import datetime as dt

from devstack.azureml_emulator.monitor.samples import (
    LATENCIES_KEPT,
    MINUTES_KEPT,
    Outcome,
    Requests,
    Samples,
)
from devstack.azureml_emulator.monitor.series import percentile

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
GOOD = Outcome(200, 200)


def test_a_busy_minute_is_counted_in_full_and_sampled():
    samples = Samples()
    samples.observe("One", "Blue", NOON, GOOD, 10, count=50_000)
    samples.observe("one", "Blue", NOON, GOOD, 30, count=50_000)
    [(name, outcome, requests)] = samples.requests("ONE", NOON)
    assert (name, outcome, requests.count) == ("Blue", GOOD, 100_000)
    assert requests.total_ms / requests.count == 20
    assert len(requests.latencies) == LATENCIES_KEPT
    assert set(requests.latencies) == {10, 30}


def test_old_minutes_are_forgotten():
    samples = Samples()
    samples.observe("one", "blue", NOON, GOOD, 10)
    later = NOON + dt.timedelta(minutes=MINUTES_KEPT + 1)
    samples.observe("one", "blue", later, GOOD, 10)
    assert list(samples.requests("one", NOON)) == []
    assert len(list(samples.requests("one", later))) == 1


def test_a_sample_stands_for_the_requests_that_it_came_from():
    many = Requests(count=990, total_ms=9900, latencies=[10.0] * 99)
    few = Requests(count=10, total_ms=9000, latencies=[900.0])
    assert percentile([many, few], 50) == 10
    assert percentile([many, few], 99) == 10
    assert percentile([few, Requests(10, 100, [10.0])], 90) == 900
