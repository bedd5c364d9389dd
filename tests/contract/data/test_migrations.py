"""From nothing, twice, on an older project, and beside a table of models that is there already."""

import psycopg
import pytest
from psycopg import sql

from tests.support.data import MIGRATIONS, Database, refused, request
from tests.support.world import ROOT

EXISTING_MODELS = ROOT / "docs" / "existing-models.md"


def apply(database: Database) -> None:
    """As `postgres`, who owns the schema public and is no superuser."""
    with database.connect() as connection:
        for file in sorted(MIGRATIONS.glob("*.sql")):
            connection.execute(sql.SQL(file.read_text()))


def insert_model(database: Database, user_id: str) -> str:
    return str(
        database.run(
            "insert into public.trained_models (user_id, model_name, file_path)"
            " values (%s, 'm', %s) returning id",
            user_id,
            f"{user_id}/m.joblib",
        )[0]["id"]
    )


def test_migrations_apply_twice_by_an_owner_who_is_no_superuser(hosted: Database) -> None:
    apply(hosted)
    user = hosted.new_user()
    model = insert_model(hosted, user)
    with hosted.as_user(user) as connection:
        request(connection, model)
    apply(hosted)
    with hosted.as_user(user) as connection:
        assert request(connection, model)["deployment"]["status"] == "deploying"


def test_the_automatic_grants_of_older_projects_give_nothing_away(hosted: Database) -> None:
    apply(hosted)
    grants = hosted.run(
        """select grantee, table_name, privilege_type from information_schema.role_table_grants
            where table_schema in ('public', 'slipway') and grantee in ('anon', 'authenticated')
              and (grantee = 'anon' or privilege_type <> 'SELECT')"""
    )
    assert {(g["grantee"], g["table_name"], g["privilege_type"]) for g in grants} == {
        ("authenticated", "trained_models", "DELETE"),
    }
    columns = hosted.run(
        """select grantee, table_name, column_name from information_schema.column_privileges
            where table_schema in ('public', 'slipway') and grantee in ('anon', 'authenticated')
              and privilege_type in ('UPDATE', 'REFERENCES')"""
    )
    assert {(c["grantee"], c["table_name"], c["column_name"]) for c in columns} == {
        ("authenticated", "trained_models", column)
        for column in ("model_name", "algorithm", "metadata")
    }
    sequences = hosted.run(
        """select c.relname from pg_class c, unnest(array['anon', 'authenticated']) role
            where c.relkind = 'S' and c.relnamespace = 'public'::regnamespace
              and has_sequence_privilege(role, c.oid, 'usage, select, update')"""
    )
    assert sequences == []
    callable_by_anon = hosted.run(
        """select p.proname from pg_proc p
            where p.pronamespace = 'public'::regnamespace
              and p.proname not like 'gbt%%'
              and has_function_privilege('anon', p.oid, 'execute')"""
    )
    assert [row["proname"] for row in callable_by_anon] == ["before_request"]


def test_an_existing_table_of_models_is_kept_and_made_referable(hosted: Database) -> None:
    hosted.run(
        """create table public.trained_models (
             id uuid primary key default gen_random_uuid(), user_id uuid, model_name text,
             algorithm text, file_path text, metadata jsonb, created_at timestamptz,
             accuracy real)"""
    )
    user = hosted.new_user()
    model = insert_model(hosted, user)
    apply(hosted)
    apply(hosted)
    with hosted.as_user(user) as connection:
        assert request(connection, model)["deployment"]["model_id"] == model
    assert not hosted.run("select from pg_policies where tablename = 'trained_models'")


def test_an_existing_table_that_does_not_fit_is_named_with_its_missing_columns(
    hosted: Database,
) -> None:
    hosted.run(
        "create table public.trained_models (id bigint primary key, user_id uuid, name text)"
    )
    with pytest.raises(psycopg.errors.RaiseException) as failure:
        apply(hosted)
    assert "id, model_name, algorithm, file_path" in str(failure.value)
    assert "existing-models.md" in (failure.value.diag.message_hint or "")


def documented_view() -> str:
    """The statement that the guide tells people to run."""
    text = EXISTING_MODELS.read_text()
    return text.split("```sql")[1].split("```")[0]


def test_the_documented_view_maps_another_table_and_keeps_its_owners_apart(
    hosted: Database,
) -> None:
    hosted.run(
        """create table public.my_models (
             model_uuid uuid primary key default gen_random_uuid(), owner uuid not null,
             title text, kind text, storage_path text, trained_at timestamptz default now());
           alter table public.my_models enable row level security;
           create policy own on public.my_models for select to authenticated
             using ((select auth.uid()) = owner)"""
    )
    ada, bob = hosted.new_user(), hosted.new_user()
    model = hosted.run(
        "insert into public.my_models (owner, title, kind, storage_path)"
        " values (%s, 'Iris', 'SVC', %s) returning model_uuid",
        ada,
        f"{ada}/iris.joblib",
    )[0]["model_uuid"]
    hosted.run(documented_view())
    apply(hosted)
    apply(hosted)

    with hosted.as_user(ada) as connection:
        made = request(connection, str(model))["deployment"]
        assert made["trained_models"] == {"model_name": "Iris", "algorithm": "SVC"}
        found = connection.execute("select public.page_deployments(search => 'IRIS') as l")
        assert found.fetchone()["l"]["total"] == 1
    with hosted.as_user(bob) as connection:
        assert connection.execute("select * from public.trained_models").fetchall() == []
        with pytest.raises(psycopg.errors.RaiseException) as failure:
            request(connection, str(model))
    assert refused(failure.value) == ("model_not_found", {"model_id": str(model)})
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        hosted.new_deployment(bob, str(model))


def test_what_stands_in_the_way_of_privacy_is_said_aloud(hosted: Database) -> None:
    hosted.run("insert into storage.buckets (id, name, public) values ('models', 'models', true)")
    warnings: list[str] = []
    with hosted.connect() as connection:
        connection.add_notice_handler(
            lambda notice: warnings.append(f"{notice.severity} {notice.message_primary}")
        )
        for file in sorted(MIGRATIONS.glob("*.sql")):
            connection.execute(sql.SQL(file.read_text()))
    assert [w for w in warnings if w.startswith("WARNING The Storage bucket models")]
