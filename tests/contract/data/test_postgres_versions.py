"""The migrations on every PostgreSQL that a project may have: applied twice, each function run."""

import asyncio
import json
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from devstack.supabase_local.bootstrap import bootstrap
from devstack.supabase_local.migrations import apply_migrations
from devstack.supabase_local.postgres.account import choose_account
from devstack.supabase_local.postgres.server import SUPERUSER, PostgresServer
from devstack.supabase_local.project import OWNER
from devstack.supabase_local.tests.support.project import open_folder
from tests.support.data import MIGRATIONS, Connection, Database, new_name, refused, request
from tests.support.postgres_versions import FETCHED, OURS, binaries

FILES = sorted(file.name for file in MIGRATIONS.glob("*.sql"))
ONLY_BESIDE_A_VIEW_OF_MODELS = {"slipway.check_model_owner"}
COUNT_CALLS_NOW = "select pg_stat_force_next_flush()"


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.mark.parametrize(
    "version", [*(pytest.param(each, marks=pytest.mark.exhaustive) for each in FETCHED), OURS]
)
def test_migrations_apply_twice_and_every_function_runs(version: int, folder: Path) -> None:
    server = PostgresServer(folder / "cluster", binaries(version, folder), choose_account(), folder)
    if version < 17:
        initialise(server)

    def check() -> None:
        superuser = Database(server.conninfo(SUPERUSER))
        bootstrap(superuser.conninfo)
        superuser.run("alter database postgres set track_functions = 'all'")
        owner = Database(server.conninfo(OWNER))
        assert owner.run("show server_version")[0]["server_version"].startswith(f"{version}.")

        assert apply_migrations(owner.conninfo, MIGRATIONS) == FILES
        live(owner)
        owner.run("delete from supabase_migrations.schema_migrations")
        assert apply_migrations(owner.conninfo, MIGRATIONS) == FILES
        live(owner)
        assert not_run(superuser) == ONLY_BESIDE_A_VIEW_OF_MODELS

    during(server, check)


def initialise(server: PostgresServer) -> None:
    """As the server does itself, but for the locales that 17 brought."""
    server.cluster.mkdir(mode=0o700)
    server.account.own(server.cluster)
    initdb = [str(server.binaries / "initdb"), f"--pgdata={server.cluster}", "--no-sync"]
    subprocess.run(
        [*initdb, f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8", "--locale=C"],
        capture_output=True,
        check=True,
        cwd="/",
        **server.account.spawn_options(),
    )


def during(server: PostgresServer, work: Callable[[], None]) -> None:
    async def run() -> None:
        try:
            await server.start()
            await asyncio.to_thread(work)
        finally:
            await server.stop()

    asyncio.run(run())


KEEP_SIZE = """
    select public.keep_instance_types('mars', jsonb_build_array(jsonb_build_object(
      'name', 'Standard_DS1_v2', 'cores', 1, 'memory_gb', 3.5, 'family', 'standardDSv2Family',
      'prices', jsonb_build_object('mars', 1))))"""
REASON = '{"code": "c", "message": "Why.", "fix": "That."}'


def plans(connection: Connection, model: str) -> None:
    """A template and two batches: one given up, one taken in turn and cancelled."""
    saved = connection.execute("select public.save_template(%s, '{}') as t", (new_name(),))
    [row] = saved.fetchall()
    connection.execute("select public.remove_template(%s)", (row["t"]["id"],))
    connection.execute("select public.estimate_facts(%s)", (model,))
    for _ in range(2):
        batch, member = str(uuid.uuid4()), str(uuid.uuid4())
        spec: dict[str, Any] = {
            "model_id": model,
            "deployment_name": "one",
            "endpoint_name": new_name(),
        }
        spec |= {"instance_count": 1}
        asked = json.dumps([{"id": member, "spec": spec, "place": 0}])
        wanted = "select public.request_batch(%s, %s, 1, 'stop')"
        connection.execute(wanted, (batch, asked))
        connection.execute("select public.batch_detail(%s)", (batch,))
        connection.execute("select public.cancel_batch(%s, %s)", (batch, REASON))
        connection.execute("select public.abandon_batch(%s, %s)", (batch, REASON))


def changes(database: Database, user: str, deployment_id: str, endpoint: str) -> None:
    """Sleep, waking, an update, a look at the endpoint, and what is due."""
    ask = "select public.request_change(%s, %s) as c"
    with database.as_user(user) as connection:
        connection.execute("select public.list_endpoints()")
        connection.execute("select public.endpoint_detail(%s)", (endpoint,))
        connection.execute(
            "select public.update_deployment(%s, '{\"expires_in_hours\": 0.000001}')",
            (deployment_id,),
        )
    with database.as_service() as connection:
        [due] = connection.execute("select * from public.begin_due()").fetchall()
        assert (due["kind"], str(due["deployment_id"])) == ("sleep", deployment_id)
        end = "select public.end_operation(%s, 'succeeded')"
        connection.execute(end, (due["id"],))
        connection.execute("select public.find_batch(%s)", (str(uuid.uuid4()),))
        connection.execute("select public.take_turn(%s, 0, 0)", (str(uuid.uuid4()),))
        connection.execute("select public.skip_waiting(%s, %s)", (str(uuid.uuid4()), REASON))
    with database.as_user(user) as connection:
        connection.execute(ask, ("wake", deployment_id))
    with database.as_service() as connection:
        connection.execute("select public.move_deployment(%s, 'active')", (deployment_id,))
    with database.as_user(user) as connection:
        update = "select public.update_deployment(%s, '{\"instance_count\": 2}') as u"
        begun = one(connection, update, deployment_id)["u"]["operation"]["id"]
    with database.as_service() as connection:
        connection.execute(end, (begun,))


def live(database: Database) -> None:
    """One deployment's life and another's end, through each function there is for them."""
    user = database.new_user()
    model = database.new_model(user)
    with database.as_user(user) as connection:
        connection.execute("select public.count_request()")
        assert connection.execute("select public.my_limits() as l").fetchone()["l"]["active"] == 0
        models(connection, model)
        plans(connection, model)
        once = request(connection, model, idempotency_key="k")["deployment"]["id"]
        assert request(connection, model, idempotency_key="k")["replayed"]
        never = request(connection, model)["deployment"]["id"]
        connection.execute(
            "select public.abandon_deployment(%s, %s)",
            (never, '{"code": "c", "message": "No host.", "fix": "Try again."}'),
        )
        connection.execute(COUNT_CALLS_NOW)
    with database.as_service() as connection:
        connection.execute("select public.before_request()")
        connection.execute("select public.record_event(%s, 'p', 'note', 'hello')", (once,))
        name = new_name()
        connection.execute("select public.rename_endpoint(%s, %s)", (once, name))
        connection.execute("select public.move_deployment(%s, 'active')", (once,))
        living = connection.execute("select * from public.living_on_endpoint(%s)", (name,))
        assert [str(row["id"]) for row in living] == [once]
        connection.execute("select public.apply_limits(10, 10, 300)")
        scan = "select public.keep_scan(%s, 'etag/1', 's', '{}')"
        connection.execute(scan, (user,))
        connection.execute("select public.record_traffic(%s, '{\"blue\": 100}', '{}')", (name,))
        connection.execute("select public.living_of(%s)", ([once],))
        connection.execute("select public.keep_update(%s, '{\"instance_count\": 2}')", (once,))
        connection.execute("select * from public.undo_update(%s, %s)", (once, REASON))
        connection.execute("select public.keep_model_memory(%s, 300)", (model,))
        connection.execute(KEEP_SIZE)
        begin = "select public.begin_operation(%s, 'delete', %s, %s)"
        connection.execute(begin, (user, name, once))
        for operation in connection.execute(
            "select id from public.running_operations()"
        ).fetchall():
            end = "select public.end_operation(%s, 'succeeded')"
            connection.execute(end, (operation["id"],))
        connection.execute(COUNT_CALLS_NOW)
    changes(database, user, once, name)
    with database.as_user(user) as connection:
        listed = connection.execute("select public.page_deployments(search => 'IRIS') as l")
        assert listed.fetchone()["l"]["total"] == 4
        before = connection.execute("select public.list_deployments() as l").fetchone()
        assert before["l"]["total"] == 4
        stats = connection.execute("select * from public.deployment_numbers").fetchone()
        assert (stats["active_deployments"], stats["failed_deployments"]) == (1, 3)
        rotate = "select public.request_operation(%s, 'rotate_keys') as id"
        rotation = connection.execute(rotate, (once,)).fetchone()["id"]
        connection.execute("select public.abandon_operation(%s, %s)", (rotation, REASON))
        connection.execute("select public.delete_deployment(%s)", (once,))
        with pytest.raises(psycopg.errors.RaiseException) as failure:
            connection.execute("select public.delete_deployment(%s)", (str(uuid.uuid4()),))
        assert refused(failure.value)[0] == "deployment_not_found"
        connection.execute(COUNT_CALLS_NOW)


def one(connection: Connection, query: str, *arguments: Any) -> dict[str, Any]:
    """The row that the query yields."""
    [row] = connection.execute(query, arguments).fetchall()
    return row


def models(connection: Connection, kept: str) -> None:
    """A model's own life: registered, renamed, listed and removed."""
    user = one(connection, "select auth.uid() as id")["id"]
    with pytest.raises(psycopg.errors.RaiseException) as failure:
        connection.execute("select public.register_model('m', %s)", (f"{user}/absent",))
    assert refused(failure.value)[0] == "model_file_missing"
    made = one(
        connection,
        "insert into public.trained_models (model_name, file_path) values ('m', %s) returning id",
        f"{user}/other.joblib",
    )["id"]
    connection.execute("select public.rename_model(%s, 'renamed')", (made,))
    found = one(connection, "select public.list_models(search => 'RENAMED') as l")
    assert [each["id"] for each in found["l"]["models"]] == [str(made)] != [kept]
    connection.execute("select public.remove_model(%s)", (made,))


def not_run(database: Database) -> set[str]:
    """Functions of ours that PostgreSQL has not counted a call of."""
    rows = database.run(
        """select n.nspname || '.' || p.proname as name
             from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname in ('public', 'slipway')
              and not exists (select from pg_stat_user_functions s where s.funcid = p.oid)"""
    )
    return {row["name"] for row in rows}
