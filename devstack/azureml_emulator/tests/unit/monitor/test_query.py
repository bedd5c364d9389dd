import datetime as dt

import pytest

from devstack.azureml_emulator.arm.errors import ArmError
from devstack.azureml_emulator.monitor.definitions import OF_DEPLOYMENT, OF_ENDPOINT
from devstack.azureml_emulator.monitor.errors import MonitorError
from devstack.azureml_emulator.monitor.query import read_filter, read_query

NOW = dt.datetime(2026, 3, 1, 12, 30, tzinfo=dt.UTC)


def test_a_filter_is_names_and_values_in_their_order():
    text = "deployment eq '*' and statusCodeClass EQ '5xx'"
    assert read_filter(text) == {"deployment": "*", "statuscodeclass": "5xx"}
    assert read_filter(None) == {}


@pytest.mark.parametrize(
    "text",
    [
        "deployment",
        "deployment eq blue",
        "a eq '1' or b eq '2'",
        "a eq '1' and a eq '2'",
        "a ne 'b'",
    ],
)
def test_other_filters_are_not_done(text):
    with pytest.raises(ArmError, match="does not do this: the filter"):
        read_filter(text)


def test_what_is_left_out_is_the_last_hour_by_the_minute():
    query = read_query({"metricnames": "requestlatency"}, OF_ENDPOINT, NOW)
    assert (query.end, query.end - query.start) == (NOW, dt.timedelta(hours=1))
    assert (query.interval, query.aggregations, query.top) == ("PT1M", ("average",), 10)
    assert [metric.name for metric in query.metrics] == ["RequestLatency"]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2026-03-01T10:00:00Z/2026-03-01T12:00:00Z", 2),
        ("2026-03-01T11:00:00+01:00/2026-03-01T13:00:00Z", 3),
        ("PT6H", 6),
    ],
)
def test_a_timespan_is_two_moments_or_a_duration(text, hours):
    asked = {"metricnames": "RequestLatency", "timespan": text}
    query = read_query(asked, OF_ENDPOINT, NOW)
    assert query.end - query.start == dt.timedelta(hours=hours)


@pytest.mark.parametrize("text", ["now", "2026-03-01T12:00:00Z/2026-03-01T12:00:00Z", "a/b"])
def test_other_timespans_are_refused(text):
    with pytest.raises(MonitorError):
        read_query({"metricnames": "RequestLatency", "timespan": text}, OF_ENDPOINT, NOW)


def test_a_deployments_metrics_are_not_split_here():
    asked = {"metricnames": "CpuUtilizationPercentage", "$filter": "instanceId eq '*'"}
    with pytest.raises(ArmError, match="dimension instanceid"):
        read_query(asked, OF_DEPLOYMENT, NOW)


def test_twenty_names_are_the_most():
    asked = {"metricnames": ",".join(["RequestLatency"] * 21)}
    with pytest.raises(MonitorError, match="at most 20"):
        read_query(asked, OF_ENDPOINT, NOW)
