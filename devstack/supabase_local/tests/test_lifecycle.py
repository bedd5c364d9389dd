"""Starting, dying and starting again."""

import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from postgrest.exceptions import APIError

from devstack.supabase_local.postgres.account import Account
from devstack.supabase_local.postgres.places import sweep_abandoned_clusters
from devstack.supabase_local.tests.support.project import (
    HTTP,
    PASSWORD,
    LocalSupabase,
    client,
    connect,
    eventually,
    new_person,
    open_folder,
    process_exists,
    python_for,
    running,
)


@pytest.fixture
def fresh() -> Iterator[LocalSupabase]:
    with open_folder() as folder:
        yield LocalSupabase(folder / "state")


def names_of_shops(facts: dict[str, Any]) -> list[str]:
    return [
        row["name"]
        for row in client(facts, "secret_key").table("shops").select("name").execute().data
    ]


def data_directory(facts: dict[str, Any]) -> Path:
    with connect(facts) as connection:
        row = connection.execute("show data_directory").fetchone()
    assert row is not None
    return Path(row[0])


def add_shop(facts: dict[str, Any], name: str) -> None:
    person = new_person(facts)
    person.client.table("shops").insert({"user_id": person.id, "name": name}).execute()


def test_the_ready_file_tells_where_everything_is_and_only_its_owner_may_read_it(
    supabase: LocalSupabase, facts: dict[str, Any]
) -> None:
    assert facts["publishable_key"].startswith("sb_publishable_")
    assert facts["secret_key"].startswith("sb_secret_")
    assert len(HTTP.get(facts["jwks_url"]).json()["keys"]) >= 2
    assert process_exists(facts["pid"])
    assert process_exists(facts["postgres_pid"])
    with connect(facts) as connection:
        assert connection.execute("select current_user, 1").fetchone() == ("postgres", 1)
    assert stat.S_IMODE(supabase.ready_file.stat().st_mode) == 0o600
    assert stat.S_IMODE((supabase.state / "keys.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(facts["database"]["host"]).stat().st_mode) == 0o700


def test_a_second_start_keeps_keys_users_and_rows(fresh: LocalSupabase) -> None:
    with running(fresh) as first:
        person = new_person(first)
        person.client.table("shops").insert({"user_id": person.id, "name": "kept"}).execute()
        token = person.token
        with connect(first) as connection:
            # As in a state that an older release has made.
            connection.execute("set role supabase_auth_admin")
            connection.execute("drop table auth.mfa_amr_claims")
        fresh.stop(signal.SIGINT)
    assert not fresh.ready_file.exists()
    assert not Path(first["database"]["host"]).exists()
    assert not process_exists(first["postgres_pid"])
    with running(fresh) as second:
        assert second["secret_key"] == first["secret_key"]
        assert names_of_shops(second) == ["kept"]
        answer = HTTP.get(
            f"{second['url']}/rest/v1/shops?select=name",
            headers={"apikey": second["publishable_key"], "Authorization": f"Bearer {token}"},
        )
        assert answer.json() == [{"name": "kept"}]
        session = person.client.auth.get_session()
        assert session is not None
        answer = HTTP.post(
            f"{second['url']}/auth/v1/token?grant_type=refresh_token",
            headers={"apikey": second["publishable_key"]},
            json={"refresh_token": session.refresh_token},
        )
        assert answer.status_code == 200


def test_it_ends_at_once_even_in_the_middle_of_a_request(
    fresh: LocalSupabase,
) -> None:
    with running(fresh) as facts:
        # A request that would last much longer than the gateway should.
        with (
            httpx.Client(base_url=facts["url"], timeout=httpx.Timeout(20, read=0.3)) as http,
            pytest.raises(httpx.ReadTimeout),
        ):
            http.post(
                "/rest/v1/rpc/sleep", headers={"apikey": facts["secret_key"]}, json={"seconds": 60}
            )
        fresh.stop(signal.SIGTERM, within=30)
        assert not process_exists(facts["postgres_pid"])


def test_postgres_dies_with_a_killed_gateway_and_the_next_start_finds_the_rows(
    fresh: LocalSupabase,
) -> None:
    facts = fresh.start()
    add_shop(facts, "before the crash")
    fresh.stop(signal.SIGKILL)
    eventually(lambda: not process_exists(facts["postgres_pid"]), "PostgreSQL ends")
    with running(fresh) as again:
        assert names_of_shops(again) == ["before the crash"]
        assert not Path(facts["database"]["host"]).exists()


def test_a_start_takes_over_from_a_server_that_was_left_running(fresh: LocalSupabase) -> None:
    facts = fresh.start()
    # A stopped process neither ends nor answers: the worst that a crash can leave.
    os.kill(facts["postgres_pid"], signal.SIGSTOP)
    fresh.stop(signal.SIGKILL)
    assert process_exists(facts["postgres_pid"])
    with running(fresh) as again:
        assert not process_exists(facts["postgres_pid"])
        assert names_of_shops(again) == []


def test_a_start_survives_a_stale_pid_file_that_names_a_stranger(fresh: LocalSupabase) -> None:
    with running(fresh) as facts:
        cluster = data_directory(facts)
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (cluster / "postmaster.pid").write_text(f"{stranger.pid}\n{cluster}\n")
        with running(fresh) as again:
            assert names_of_shops(again) == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_killed_postgres_is_started_again_and_the_ready_file_says_so(
    fresh: LocalSupabase,
) -> None:
    with running(fresh) as facts:
        add_shop(facts, "survivor")
        os.kill(facts["postgres_pid"], signal.SIGKILL)

        def restarted() -> dict[str, Any] | None:
            now = fresh._ready()
            return now if now and now["postgres_pid"] != facts["postgres_pid"] else None

        again = eventually(restarted, "a new postgres_pid")
        assert process_exists(again["postgres_pid"])
        assert names_of_shops(again) == ["survivor"]
        with connect(again) as connection:
            connection.execute("create table public.later (id integer primary key)")
            connection.execute("grant select on public.later to service_role")
        later = client(again, "secret_key").table("later").select("*")
        eventually(lambda: _succeeds(later.execute), "the catalog is watched again")


def _succeeds(call: Any) -> bool:
    try:
        call()
    except APIError:
        return False
    return True


def test_a_second_one_on_the_same_state_is_refused_with_a_clear_message(
    supabase: LocalSupabase, facts: dict[str, Any]
) -> None:
    command = [part for part in supabase.command() if not part.startswith("--ready-file")]
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "Another local Supabase runs on" in second.stderr
    assert "Traceback" not in second.stderr
    assert process_exists(facts["postgres_pid"])


def test_a_port_in_use_is_refused_with_a_clear_message(fresh: LocalSupabase) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [*fresh.command(), f"--port={port}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"Port {port} (local Supabase) is in use" in done.stderr


def test_a_failing_migration_ends_the_start_with_file_and_line(
    fresh: LocalSupabase, tmp_path: Path
) -> None:
    (tmp_path / "20260101000000_break.sql").write_text(
        "select 1;\n\ncreate table t (id nonsense);\n"
    )
    fresh.migrations = tmp_path
    process = fresh.launch()
    assert process.wait(timeout=60) != 0
    said = fresh.log.read_text()
    assert (
        '20260101000000_break.sql, line 3: type "nonsense" does not exist (SQLSTATE 42704)' in said
    )
    assert "Traceback" not in said
    assert not fresh.ready_file.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands PostgreSQL to another account")
def test_root_may_keep_the_state_under_a_closed_folder(fresh: LocalSupabase) -> None:
    fresh.state.parent.chmod(0o700)
    with running(fresh) as facts:
        add_shop(facts, "hidden")
        cluster = data_directory(facts)
        assert cluster.stat().st_uid != 0
        assert not cluster.is_relative_to(fresh.state)
    with running(fresh) as again:
        assert names_of_shops(again) == ["hidden"]
    shutil.rmtree(fresh.state)
    sweep_abandoned_clusters()
    assert not cluster.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_an_ordinary_user_can_run_it(fresh: LocalSupabase) -> None:
    entry = pwd.getpwnam("nobody")
    nobody = Account(entry.pw_uid, entry.pw_gid, is_other=True)
    found = python_for(nobody)
    if found is None:
        pytest.skip(f"nobody may not run {sys.executable}")
    fresh.python, fresh.environment = found[0], {**found[1], "HOME": str(fresh.state.parent)}
    nobody.own(fresh.state.parent)
    fresh.spawn = nobody.spawn_options()
    with running(fresh) as facts:
        assert names_of_shops(facts) == []
        assert Path(f"/proc/{facts['postgres_pid']}").stat().st_uid == nobody.uid


def test_it_listens_on_loopback_alone_and_postgres_on_no_port(facts: dict[str, Any]) -> None:
    listening = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{facts['pid']}/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and _owned(facts, line.split()[9])
    ]
    port = int(facts["url"].rpartition(":")[2])
    assert listening == [f"0100007F:{port:04X}"]


def _owned(facts: dict[str, Any], inode: str) -> bool:
    for pid in (facts["pid"], facts["postgres_pid"]):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            if descriptor.is_symlink() and str(descriptor.readlink()) == f"socket:[{inode}]":
                return True
    return False


def test_logs_hold_neither_values_nor_secrets(
    supabase: LocalSupabase, facts: dict[str, Any]
) -> None:
    secret = "value-9d8e7f-not-for-logs"
    http, key = HTTP, {"apikey": facts["secret_key"]}
    for path in ("shops?id=eq.", "products?labels=cs.", "nowhere?x=eq.", "shops?select="):
        http.get(f"{facts['url']}/rest/v1/{path}{secret}", headers=key)
    http.post(
        f"{facts['url']}/rest/v1/tags", json={"id": 1, "label": None, "x": secret}, headers=key
    )
    http.post(f"{facts['url']}/rest/v1/rpc/refuse", json={"code": "XX000"}, headers=key)
    credentials = {"email": f"{secret}@example.org", "password": secret}
    http.post(f"{facts['url']}/auth/v1/token?grant_type=password", json=credentials, headers=key)
    person = new_person(facts)
    logs = supabase.log.read_text() + (supabase.state / "postgres.log").read_text()
    assert logs
    for forbidden in (secret, PASSWORD, facts["secret_key"], person.token, person.email):
        assert forbidden not in logs


def test_during_an_outage_of_postgres_requests_fail_cleanly_and_then_succeed(
    fresh: LocalSupabase,
) -> None:
    with running(fresh) as facts:
        url, key = f"{facts['url']}/rest/v1/tags", {"apikey": facts["secret_key"]}
        assert HTTP.get(url, headers=key).status_code == 200
        os.kill(facts["postgres_pid"], signal.SIGKILL)
        seen = set()

        def back() -> bool:
            answer = HTTP.get(url, headers=key)
            seen.add(answer.status_code)
            assert answer.status_code in (200, 503, 504), answer.text
            assert answer.status_code == 200 or answer.json()["code"]
            return answer.status_code == 200 and fresh._ready() is not None

        eventually(back, "PostgreSQL is back")
        assert 200 in seen
