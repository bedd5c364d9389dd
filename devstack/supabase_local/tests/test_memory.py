"""The gateway's memory, whatever the rows of one tenant hold and however slowly they are read."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from devstack.supabase_local.tests.support.project import Person, eventually

Row = dict[str, Any]
MOST_RESIDENT = 600 << 20
"""Bytes; sixty rows of a megabyte took 4 GB once."""


@pytest.fixture
def heavy(database: psycopg.Connection) -> Iterator[str]:
    """Sixty rows of a megabyte each, of characters that take four bytes."""
    database.execute("create table public.heavy (id int primary key, text text)")
    database.execute("grant select, insert, update on public.heavy to service_role")
    database.execute(
        "insert into public.heavy select n, repeat('😀', 250000) from generate_series(1, 60) n"
    )
    yield "/rest/v1/heavy"
    database.execute("drop table public.heavy")


def resident(facts: Row) -> int:
    """The most that the gateway has held at once, in bytes."""
    status = Path(f"/proc/{facts['pid']}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) << 10


def test_a_reply_beyond_the_bound_is_refused_by_name_and_others_are_served(
    http: httpx.Client, facts: Row, heavy: str, alice: Person, shop: Row
) -> None:
    def read(_: int) -> httpx.Response:
        return httpx.get(f"{facts['url']}{heavy}", headers=dict(http.headers), timeout=60)

    with ThreadPoolExecutor(4) as pool:
        pending = [pool.submit(read, number) for number in range(8)]
        while not all(one.done() for one in pending):
            names = alice.client.table("shops").select("name").execute().data
            assert names == [{"name": shop["name"]}]
        answers = [one.result() for one in pending]
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(501, "reply_too_large")}
    assert "57 MB" in answers[0].json()["message"]
    assert resident(facts) < MOST_RESIDENT


def test_a_page_within_the_bound_comes_whole(http: httpx.Client, heavy: str) -> None:
    rows = http.get(f"{heavy}?limit=12&order=id").json()
    assert [(row["id"], len(row["text"])) for row in rows] == [(n, 250000) for n in range(1, 13)]


def test_a_change_whose_reply_would_be_too_large_is_undone(
    http: httpx.Client, heavy: str, database: psycopg.Connection
) -> None:
    changed = http.patch(
        f"{heavy}?id=gt.0", json={"id": 7}, headers={"Prefer": "return=representation"}
    )
    assert changed.status_code in (409, 501)
    moved = http.patch(
        f"{heavy}?id=gt.0&columns=text", json={}, headers={"Prefer": "return=representation"}
    )
    assert moved.is_success
    rows = database.execute("select count(*) from public.heavy where text is not null").fetchone()
    assert rows == (0,)


def test_replies_that_nobody_reads_do_not_pile_up(
    http: httpx.Client, facts: Row, heavy: str, alice: Person
) -> None:
    place = urlsplit(facts["url"])
    request = (
        f"GET {heavy}?limit=12 HTTP/1.1\r\nHost: x\r\napikey: {facts['secret_key']}\r\n\r\n"
    ).encode()
    with ExitStack() as stack:
        lines = []
        for _ in range(10):
            one = stack.enter_context(socket.create_connection((place.hostname, place.port)))
            one.settimeout(30)
            one.sendall(request)
            lines.append(one.recv(12))
        assert lines.count(b"HTTP/1.1 200") == 5, "64 MB are five replies of 12"
        assert lines.count(b"HTTP/1.1 503") == 5
        assert alice.client.table("shops").select("name").execute().data == []
        assert http.get(f"{heavy}?limit=12").json()["code"] == "replies_unread"
    assert resident(facts) < MOST_RESIDENT
    eventually(lambda: http.get(f"{heavy}?limit=12").is_success, "what was held is free again")


def test_a_body_beyond_the_bound_is_refused_before_it_is_read(
    http: httpx.Client, heavy: str
) -> None:
    answer = http.post(heavy, content=b" " * (17 << 20), headers={"Content-Type": "text/csv"})
    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")
    fits = http.post(heavy, json={"id": 1000, "text": "x" * (2 << 20)})
    assert fits.status_code == 201


def test_what_listings_and_tokens_carry_is_bounded(http: httpx.Client, alice: Person) -> None:
    path = f"/storage/v1/object/private/{alice.id}/x"
    answer = http.post(path, content=b"x", headers={"Content-Type": "a/" + "b" * 300})
    assert "255 is the most" in answer.json()["message"]
    long = {"x": "y" * 20_000}
    changed = http.put(f"/auth/v1/admin/users/{alice.id}", json={"user_metadata": long})
    assert (changed.status_code, changed.json()["error_code"]) == (400, "validation_failed")
    body = http.post("/storage/v1/object/list/private", content=b" " * (2 << 20))
    assert body.json()["statusCode"] == "413"
