"""Requests of the last hour: asked of the cloud seldom, never waited for too long."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.errors.waiting import AzureUnreachable
from shared.use_cases import request_counts
from shared.use_cases.request_counts import RequestCounts
from tests.support.serving_target import ServingTargetFake


class Measured(ServingTargetFake):
    """Counts each question; `failure` is raised, and `held` waited for, before an answer."""

    def __init__(self, failure: Exception | None = None) -> None:
        super().__init__()
        self.failure, self.held = failure, threading.Event()
        self.held.set()
        self.asked: list[tuple[str, timedelta]] = []

    def requests(self, endpoint_name: str, since: datetime, until: datetime) -> int:
        self.asked.append((endpoint_name, until - since))
        self.held.wait(10)
        if self.failure:
            raise self.failure
        return len(endpoint_name)


def test_each_endpoint_is_asked_for_its_last_hour_and_not_again_within_a_minute():
    target = Measured()
    counts = RequestCounts(target)
    for _ in range(3):
        assert counts.last_hour(iter(["iris", "wine-2"]), 5) == {"iris": 4, "wine-2": 6}
    assert sorted(target.asked) == [("iris", timedelta(hours=1)), ("wine-2", timedelta(hours=1))]
    assert counts.last_hour(["iris", "x"], 5) == {"iris": 4, "x": 1}
    assert [name for name, _ in target.asked].count("iris") == 1


def test_what_is_older_than_a_minute_is_asked_for_again(monkeypatch: pytest.MonkeyPatch):
    target = Measured()
    counts = RequestCounts(target)
    counts.last_hour(["iris"], 5)
    monkeypatch.setattr(request_counts, "FRESH_SECONDS", 0)
    counts.last_hour(["iris"], 5)
    assert len(target.asked) == 2


def test_a_cloud_that_does_not_answer_is_not_asked_by_everybody():
    target = Measured(AzureUnreachable("Away."))
    counts = RequestCounts(target)
    for _ in range(2):
        assert counts.last_hour(["iris"], 5) == {"iris": None}
    assert len(target.asked) == 1


def test_what_takes_longer_than_the_wait_is_known_the_next_time():
    target = Measured()
    target.held.clear()
    counts = RequestCounts(target)
    assert counts.last_hour(["iris"], 0.01) == {"iris": None}
    target.held.set()
    counts._pool.shutdown(wait=True)
    assert counts.last_hour(["iris"], 5) == {"iris": 4}
    assert len(target.asked) == 1


def test_a_cloud_without_metrics_tells_nothing():
    target: Any = Measured()
    target.metrics = None
    assert RequestCounts(target).last_hour(["iris"], 5) == {"iris": None}
    assert target.asked == []


def test_only_so_many_endpoints_are_remembered(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(request_counts, "KNOWN", 2)
    target = Measured()
    counts = RequestCounts(target)
    for name in ("a", "bb", "ccc"):
        counts.last_hour([name], 5)
    assert counts.last_hour(["ccc"], 5) == {"ccc": 3}
    assert len(target.asked) == 3
    counts.last_hour(["a"], 5)
    assert len(target.asked) == 4


def test_a_page_of_endpoints_is_asked_for_at_once():
    target = Measured()
    target.held.clear()
    everybody = threading.Barrier(request_counts.AT_ONCE + 1, timeout=10)
    plain = target.requests

    def together(endpoint_name: str, since: datetime, until: datetime) -> int:
        everybody.wait()
        return plain(endpoint_name, since, until)

    target.requests = together
    names = [f"e{number}" for number in range(request_counts.AT_ONCE)]
    counts = RequestCounts(target)
    assert set(counts.last_hour(names, 0.01).values()) == {None}
    everybody.wait()
    target.held.set()
