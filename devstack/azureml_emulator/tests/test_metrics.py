"""Metrics of endpoints and deployments: shapes, splits, intervals, errors, and what feeds them."""

import datetime as dt
from collections import Counter

import httpx
import pytest

from devstack.azureml_emulator.tests.support import sdk
from devstack.azureml_emulator.tests.support.emulator import eventually

VERSION = {"api-version": "2024-02-01"}
METRICS = "providers/Microsoft.Insights/metrics"


@pytest.fixture(scope="module")
def endpoint(ml, emulator, assets):
    """An endpoint with blue and green."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in emulator.environment.items():
            patch.setenv(name, value)
        sdk.create_endpoint(ml, "measured")
        for name in ("blue", "green"):
            sdk.deploy(ml, assets.deployment(name, "measured"))
        sdk.set_traffic(ml, "measured", blue=90, green=10)
        yield "measured"
        ml.online_endpoints.begin_delete("measured").result(30)


@pytest.fixture
def measured(endpoint, control):
    """It has blue at 90 and green at 10 percent, and nothing was measured yet."""
    control.delete("/metrics").raise_for_status()
    yield endpoint
    control.delete("/metrics").raise_for_status()


def span(control: httpx.Client, before: int = 10, after: int = 1) -> str:
    now = dt.datetime.fromisoformat(control.get("/clock").json()["now"])
    first, last = (now + dt.timedelta(minutes=by) for by in (-before, after))
    return f"{first:%Y-%m-%dT%H:%M:%SZ}/{last:%Y-%m-%dT%H:%M:%SZ}"


def ask(arm: httpx.Client, path: str, **parameters: str) -> httpx.Response:
    named = {name.replace("filter", "$filter"): text for name, text in parameters.items()}
    return arm.get(f"onlineEndpoints/{path}/{METRICS}", params={**VERSION, **named})


def totals(answer: httpx.Response) -> dict[tuple[str, ...], float]:
    """The sum over the minutes' averages of each series, by its dimension values."""
    answer.raise_for_status()
    return {
        tuple(one["value"] for one in series["metadatavalues"]): sum(
            point.get("average", 0) for point in series["data"]
        )
        for series in answer.json()["value"][0]["timeseries"]
    }


def test_what_the_gateway_served_is_what_the_metrics_say(
    measured, arm, control, https, emulator, ml
):
    key = ml.online_endpoints.get_keys(measured).primary_key
    url, headers = emulator.scoring_url(measured), {"Authorization": f"Bearer {key}"}
    count = 200
    answers = [https.post(url, json={}, headers=headers) for _ in range(count - 5)]
    answers += [https.post(url, json={"fail": True}, headers=headers) for _ in range(5)]
    seen = Counter(answer.headers["azureml-model-deployment"] for answer in answers)
    by_deployment = ask(
        arm, measured, timespan=span(control), metricnames="RequestsPerMinute",
        filter="deployment eq '*'",
    )  # fmt: skip
    assert totals(by_deployment) == {(name,): number for name, number in seen.items()}
    six_deviations = 6 * (0.9 * 0.1 / count) ** 0.5
    assert abs(seen["green"] / count - 0.1) < six_deviations

    by_class = ask(
        arm, measured, timespan=span(control), metricnames="RequestsPerMinute",
        filter="statusCodeClass eq '*'",
    )  # fmt: skip
    assert totals(by_class) == {("2xx",): count - 5, ("4xx",): 5}
    by_code = ask(
        arm, measured, timespan=span(control), metricnames="RequestsPerMinute",
        filter="statusCode eq '424' and modelStatusCode eq '*'",
    )  # fmt: skip
    assert totals(by_code) == {("424", "500"): 5}
    latency = ask(
        arm, measured, timespan=span(control), interval="FULL",
        metricnames="RequestLatency,RequestLatency_P50,RequestLatency_P99",
    ).json()["value"]  # fmt: skip
    mean, half, most = (one["timeseries"][0]["data"][0]["average"] for one in latency)
    assert 0 < half <= most
    assert mean <= most
    busy = ask(
        arm, f"{measured}/deployments/blue", timespan=span(control),
        metricnames="CpuUtilizationPercentage,CpuMemoryUtilizationPercentage,DeploymentCapacity",
    ).json()["value"]  # fmt: skip
    cpu, memory, capacity = (
        max(point.get("average", 0) for point in one["timeseries"][0]["data"]) for one in busy
    )
    assert 0 < cpu <= 100
    assert 1 < memory < 100
    assert capacity == 1


def test_a_reply_has_the_services_shape(measured, arm, control):
    request = {"endpoint": measured, "deployment": "Blue", "minutes_ago": 1, "count": 3}
    control.put("/metrics", json={"requests": [request]}).raise_for_status()
    timespan = span(control, 3, 0)
    answer = ask(
        arm, measured, timespan=timespan, interval="PT1M", metricnames="RequestsPerMinute",
        aggregation="Average", filter="deployment eq 'blue'",
    )  # fmt: skip
    assert answer.status_code == 200
    body = answer.json()
    assert {
        name: body[name] for name in ("timespan", "interval", "namespace", "resourceregion")
    } == {
        "timespan": timespan,
        "interval": "PT1M",
        "namespace": "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
        "resourceregion": "westeurope",
    }
    [metric] = body["value"]
    assert metric["id"].endswith(f"/onlineEndpoints/measured/{METRICS}/RequestsPerMinute")
    assert (metric["type"], metric["unit"]) == ("Microsoft.Insights/metrics", "Count")
    assert (metric["name"]["value"], metric["errorCode"]) == ("RequestsPerMinute", "Success")
    [series] = metric["timeseries"]
    assert series["metadatavalues"][0]["name"]["value"] == "deployment"
    points = [point for point in series["data"] if "average" in point]
    assert [point["average"] for point in points] == [3.0]
    empty = [point for point in series["data"] if "average" not in point]
    assert empty
    assert all(set(point) == {"timeStamp"} for point in empty)


def test_intervals_average_their_minutes_and_full_is_one_point(measured, arm, control):
    requests = [
        {"endpoint": measured, "deployment": "blue", "minutes_ago": ago, "count": count}
        for ago, count in ((1, 10), (2, 30))
    ]
    control.put("/metrics", json={"requests": requests}).raise_for_status()
    asked = {"timespan": span(control), "metricnames": "RequestsPerMinute"}
    [full] = ask(arm, measured, interval="FULL", **asked).json()["value"][0]["timeseries"]
    assert [point["average"] for point in full["data"]] == [20.0]
    [fine] = ask(arm, measured, interval="PT5M", **asked).json()["value"][0]["timeseries"]
    assert 2 <= len(fine["data"]) <= 4
    assert sorted(point["average"] for point in fine["data"] if "average" in point) in (
        [20.0],
        [10.0, 30.0],
    )


def test_data_comes_late_when_a_test_says_so(measured, arm, control):
    request = {"endpoint": measured, "deployment": "blue", "count": 7}
    injected = {"requests": [request], "ingestion_delay_seconds": 120}
    control.put("/metrics", json=injected).raise_for_status()

    def seen() -> float:
        asked = {"timespan": span(control), "metricnames": "RequestsPerMinute"}
        return totals(ask(arm, measured, **asked))[()]

    assert seen() == 0
    before = control.get("/clock").json()
    after = control.put("/clock", json={"advance_seconds": 120}).raise_for_status().json()
    assert after["ahead_seconds"] == before["ahead_seconds"] + 120
    assert seen() == 7


def test_percentiles_are_those_of_the_requests(measured, arm, control):
    requests = [
        {"endpoint": measured, "deployment": "blue", "count": count, "latency_ms": latency}
        for count, latency in ((90, 10), (9, 200), (1, 900))
    ]
    control.put("/metrics", json={"requests": requests}).raise_for_status()
    names = [f"RequestLatency{part}" for part in ("", "_P50", "_P90", "_P95", "_P99")]
    answer = ask(
        arm, measured, timespan=span(control), interval="FULL", metricnames=",".join(names),
        filter="deployment eq '*'",
    )  # fmt: skip
    values = [one["timeseries"][0]["data"][0]["average"] for one in answer.json()["value"]]
    assert values == [36.0, 10.0, 10.0, 200.0, 200.0]


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        (
            {"metricnames": "Requests"},
            400,
            "Failed to find metric configuration for provider: Microsoft.MachineLearningServices,"
            " resource Type: workspaces/onlineEndpoints, metric: Requests, Valid metrics:"
            " RequestLatency,",
        ),
        (
            {"metricnames": "RequestLatency", "filter": "statusCode eq '*'"},
            400,
            "Metric: RequestLatency does not support requested dimension combination: statuscode,"
            " supported ones are: deployment, TraceId: {",
        ),
        (
            {"metricnames": "RequestLatency", "interval": "PT2M"},
            400,
            "Detected invalid time grain input",
        ),
        ({"metricnames": "RequestLatency", "timespan": "yesterday"}, 400, "Invalid time"),
    ],
)
def test_errors_are_the_services(measured, arm, asked, status, words):
    answer = ask(arm, measured, **asked)
    assert (answer.status_code, answer.json()["code"]) == (status, "BadRequest")
    assert words in answer.json()["message"]


@pytest.mark.parametrize(
    "asked",
    [
        {"metricnames": "NetworkBytes"},
        {"metricnames": "RequestLatency", "aggregation": "Total"},
        {"metricnames": "RequestLatency", "orderby": "average"},
        {"metricnames": "RequestLatency", "filter": "deployment ne 'blue'"},
        {},
    ],
)
def test_what_is_not_measured_is_501_by_name(measured, arm, asked):
    answer = ask(arm, measured, **asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (501, "NotImplemented")


def test_definitions_name_units_aggregations_and_dimensions(measured, arm):
    base = f"onlineEndpoints/{measured}"
    path = "providers/Microsoft.Insights/metricDefinitions"
    defined = arm.get(f"{base}/{path}", params=VERSION).json()["value"]
    requests = next(one for one in defined if one["name"]["value"] == "RequestsPerMinute")
    assert [one["value"] for one in requests["dimensions"]] == [
        *("deployment", "statusCode", "statusCodeClass", "modelStatusCode")
    ]
    assert requests["supportedAggregationTypes"] == ["Average"]
    of_deployment = arm.get(f"{base}/deployments/blue/{path}", params=VERSION).json()["value"]
    assert "DeploymentCapacity" in [one["name"]["value"] for one in of_deployment]
    assert arm.get(f"onlineEndpoints/none/{path}", params=VERSION).status_code == 404


def test_what_is_injected_must_make_sense(control, measured):
    wrong = {"endpoint": measured, "deployment": "red"}
    answer = control.put("/metrics", json={"requests": [wrong]})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["field"] == "requests.0.deployment"
    value = {"endpoint": measured, "deployment": "blue", "metric": "Disk", "value": 1}
    assert control.put("/metrics", json={"values": [value]}).status_code == 422
    assert control.put("/clock", json={"advance_seconds": -1}).status_code == 422


def test_mirrored_requests_count_to_the_mirrored_deployment(
    measured, arm, control, https, emulator, ml
):
    endpoint = ml.online_endpoints.get(measured)
    endpoint.traffic, endpoint.mirror_traffic = {"blue": 100}, {"green": 50}
    ml.online_endpoints.begin_create_or_update(endpoint).result(30)
    key = ml.online_endpoints.get_keys(measured).primary_key
    headers = {"Authorization": f"Bearer {key}"}
    for _ in range(40):
        answer = https.post(emulator.scoring_url(measured), json={}, headers=headers)
        assert answer.headers["azureml-model-deployment"] == "blue"

    def counted() -> dict[tuple[str, ...], float]:
        return totals(
            ask(
                arm,
                measured,
                timespan=span(control),
                metricnames="RequestsPerMinute",
                filter="deployment eq '*'",
            )
        )

    eventually(lambda: ("green",) in counted(), "the mirror's requests are counted")
    assert counted()["blue",] == 40
    assert 0 < counted()["green",] < 40
    endpoint.traffic, endpoint.mirror_traffic = {"blue": 90, "green": 10}, {}
    ml.online_endpoints.begin_create_or_update(endpoint).result(30)
