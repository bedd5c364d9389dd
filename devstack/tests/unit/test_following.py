"""Following a deployment through what happens to the host that answers."""

import io

import httpx
import pytest
from rich.console import Console

from devstack import following
from devstack.following import Lines, follow


def detail(status="active", ended="2026-11-02T10:00:01+00:00"):
    return {
        "status": status,
        "phases": [
            {"phase": "finalize", "status": "succeeded" if ended else "started", "message": "Live.",
             "started_at": "2026-11-02T10:00:00+00:00", "ended_at": ended},
        ],
    }  # fmt: skip


def following_host(*answers):
    """What is told, and the detail at the end, of a host that gives these answers in turn."""
    left, written = list(answers), io.StringIO()

    def answer(request):
        now = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(now, Exception):
            raise now
        return now

    with httpx.Client(base_url="http://host", transport=httpx.MockTransport(answer)) as client:
        found = follow(client, "an-id", Lines(Console(file=written, width=200)), 30)
    return written.getvalue().splitlines(), found


def ok(**changes):
    return httpx.Response(200, json=detail(**changes))


def test_a_host_that_is_restarted_is_told_in_one_line_and_waited_for():
    away = httpx.ConnectError("refused")
    lines, found = following_host(ok(status="deploying", ended=None), away, away, ok())
    assert found["status"] == "active"
    assert sum("is being restarted" in line for line in lines) == 1
    assert lines[-1].startswith("finalize: succeeded (1.0 s)")


def test_a_connection_that_breaks_in_the_middle_is_an_outage_too():
    lines, found = following_host(httpx.RemoteProtocolError("gone"), ok())
    assert found["status"] == "active"
    assert "is being restarted" in lines[0]


def test_a_503_is_asked_again_without_blaming_the_host():
    lines, found = following_host(httpx.Response(503), ok())
    assert found["status"] == "active"
    assert "answers 503" in lines[0]


def test_a_refusal_is_not_asked_again():
    with pytest.raises(httpx.HTTPStatusError):
        following_host(httpx.Response(404), ok())


def test_a_host_that_stays_away_ends_the_waiting_with_a_next_step(monkeypatch):
    monkeypatch.setattr(following, "OUTAGE_SECONDS", 0.5)
    with pytest.raises(TimeoutError, match="logs in the state folder"):
        following_host(httpx.ConnectError("refused"))


def test_a_phase_that_takes_long_says_so_again_every_ten_seconds(monkeypatch):
    passed = iter([1.0, 9.0, 10.2, 15.0, 20.1])
    monkeypatch.setattr(following, "seconds", lambda phase: next(passed))
    written = io.StringIO()
    lines = Lines(Console(file=written, width=200))
    for _ in range(5):
        lines.show(detail(status="deploying", ended=None))
    assert written.getvalue().splitlines() == [
        "finalize: started Live.",
        "finalize: started (10.2 s) Live.",
        "finalize: started (20.1 s) Live.",
    ]
