"""Migrations: from nothing, twice, changed, and broken."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from devstack.supabase_local.migrations import (
    MigrationChangedError,
    MigrationFailedError,
    apply_migrations,
)
from devstack.supabase_local.tests.support.project import connect

Row = dict[str, Any]


@pytest.fixture
def scratch(facts: Row, database: psycopg.Connection) -> Iterator[str]:
    """Connection parameters of an empty database on the same server."""
    name, place = f"scratch_{uuid4().hex}", facts["database"]
    database.execute(f"create database {name}")
    yield make_conninfo(host=place["host"], port=place["port"], user=place["user"], dbname=name)
    database.execute(f"drop database {name} with (force)")


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name.lstrip('m')}.sql").write_text(text)
    return folder


def test_files_apply_in_order_once_and_are_recorded_as_the_cli_does(
    scratch: str, tmp_path: Path
) -> None:
    write(
        tmp_path,
        m20260102000000_add_column="alter table t add column b int;",
        m20260101000000_create_t="create table t (a int);\ninsert into t values (1);",
    )
    (tmp_path / "notes.sql").write_text("this is no migration")
    names = ["20260101000000_create_t.sql", "20260102000000_add_column.sql"]
    assert apply_migrations(scratch, tmp_path) == names
    assert apply_migrations(scratch, tmp_path) == []
    write(tmp_path, m20260103000000_more="insert into t values (2, 3);")
    assert apply_migrations(scratch, tmp_path) == ["20260103000000_more.sql"]
    with psycopg.connect(scratch) as connection:
        ledger = "select version, name from supabase_migrations.schema_migrations order by version"
        assert connection.execute(ledger).fetchall() == [
            ("20260101000000", "create_t"),
            ("20260102000000", "add_column"),
            ("20260103000000", "more"),
        ]
        assert connection.execute("select count(*) from t").fetchone() == (2,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("select 1;\n\nselec 2;", 'line 3: syntax error at or near "selec" (SQLSTATE 42601)'),
        (
            "create table t (id int unique);\ninsert into t values (1);\n-- again\n"
            "  insert into t\n values (1);",
            'line 4: duplicate key value violates unique constraint "t_id_key" (SQLSTATE 23505)',
        ),
        (
            "select ';' as \"a;b\"; /* ; /* ; */ ; */\ndo $x$ begin perform 1; end $x$;\n"
            "do $$ begin raise exception 'no; never'; end $$;",
            "line 3: no; never (SQLSTATE P0001)",
        ),
        ("select 1 % 0;", "line 1: division by zero (SQLSTATE 22012)"),
    ],
)
def test_a_failing_file_says_where_and_why_and_leaves_nothing(
    scratch: str, tmp_path: Path, text: str, said: str
) -> None:
    write(tmp_path, m20260101000000_good="create table good ();", m20260102000000_bad=text)
    with pytest.raises(MigrationFailedError) as caught:
        apply_migrations(scratch, tmp_path)
    assert f"20260102000000_bad.sql, {said}" in str(caught.value)
    with psycopg.connect(scratch) as connection:
        assert connection.execute("select to_regclass('t'), to_regclass('good')").fetchone() == (
            None,
            "good",
        )
    write(tmp_path, m20260102000000_bad="select 'mended';")
    assert apply_migrations(scratch, tmp_path) == ["20260102000000_bad.sql"]


def test_an_applied_file_that_changed_is_refused(scratch: str, tmp_path: Path) -> None:
    write(tmp_path, m20260101000000_one="select 1;")
    apply_migrations(scratch, tmp_path)
    write(tmp_path, m20260101000000_one="select 2;", m20260102000000_two="create table two ();")
    with pytest.raises(MigrationChangedError, match=r"20260101000000_one\.sql"):
        apply_migrations(scratch, tmp_path)
    with psycopg.connect(scratch) as connection:
        assert connection.execute("select to_regclass('two')").fetchone() == (None,)


def test_a_files_settings_do_not_reach_the_next(scratch: str, tmp_path: Path) -> None:
    write(
        tmp_path,
        m20260101000000_one="set search_path = pg_catalog; set role pg_monitor;",
        m20260102000000_two="create table here ();",
    )
    apply_migrations(scratch, tmp_path)
    with psycopg.connect(scratch) as connection:
        assert connection.execute("select 'public.here'::regclass::text").fetchone() == ("here",)


def test_a_missing_folder_is_said(scratch: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no folder of migrations"):
        apply_migrations(scratch, tmp_path / "absent")


def test_the_migrations_owner_is_no_superuser_but_may_do_what_hosted_ones_do(facts: Row) -> None:
    with connect(facts) as connection:
        superuser = "select rolsuper from pg_roles where rolname = current_user"
        assert connection.execute(superuser).fetchone() == (False,)
        with connection.transaction(force_rollback=True):
            connection.execute("create extension pg_trgm with schema extensions")
            connection.execute(
                "create function public.on_user() returns trigger language plpgsql as"
                " $$ begin return new; end $$"
            )
            connection.execute(
                "create trigger on_user after insert on auth.users"
                " for each row execute function public.on_user()"
            )
            connection.execute("create policy p on storage.objects for select using (true)")
            connection.execute("insert into storage.buckets (id, name) values ('b', 'b')")
            connection.execute("create table public.t (id uuid references auth.users (id))")


def test_new_tables_are_granted_to_nobody(facts: Row) -> None:
    with connect(facts) as connection, connection.transaction(force_rollback=True):
        connection.execute("create table public.t (id int)")
        for role in ("anon", "authenticated", "service_role"):
            allowed = connection.execute(
                "select has_table_privilege(%s, 'public.t', 'select')", (role,)
            ).fetchone()
            assert allowed == (False,)
