"""Who may do what, for every table, view and function there is.

The matrix is held against the catalogue: a new table without an entry here fails.
"""

import uuid
from typing import Any

import psycopg
import pytest

from tests.support.data import Database, request

OURS = ("public", "slipway")
ROLES = ("anon", "authenticated", "service_role")

TABLES: dict[str, dict[str, set[str]]] = {
    "public.trained_models": {
        "authenticated": {"SELECT", "DELETE"},
        "service_role": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    },
    "public.model_scans": {"authenticated": {"SELECT"}, "service_role": {"SELECT"}},
    "public.model_rows": {"authenticated": {"SELECT"}, "service_role": {"SELECT"}},
    "public.deployments": {
        "authenticated": {"SELECT"},
        "service_role": {"SELECT", "INSERT", "UPDATE"},
    },
    "public.operations": {"authenticated": {"SELECT"}, "service_role": {"SELECT"}},
    "public.templates": {"authenticated": {"SELECT"}, "service_role": {"SELECT"}},
    "public.traffic_moves": {"authenticated": {"SELECT"}, "service_role": {"SELECT"}},
    "public.endpoints": {"authenticated": {"SELECT"}, "service_role": {"SELECT"}},
    "public.deployment_events": {"authenticated": {"SELECT"}, "service_role": {"SELECT"}},
    "public.deployment_details": {"authenticated": {"SELECT"}, "service_role": {"SELECT"}},
    "public.deployment_rows": {"authenticated": {"SELECT"}, "service_role": {"SELECT"}},
    "public.deployment_numbers": {"authenticated": {"SELECT"}, "service_role": {"SELECT"}},
    "public.deployment_stats": {"authenticated": {"SELECT"}, "service_role": {"SELECT"}},
    "public.instance_types": {"authenticated": {"SELECT"}, "service_role": {"SELECT"}},
    "slipway.deployment_limits": {"service_role": {"SELECT", "UPDATE"}},
    "slipway.request_counts": {},
    "slipway.batch_turns": {},
    "slipway.idempotency_keys": {},
    "slipway.model_memory": {},
    "slipway.project": {},
}
COLUMNS: dict[tuple[str, str, str], set[str]] = {
    ("public.trained_models", "authenticated", "INSERT"): {
        *("id", "user_id", "model_name", "algorithm", "file_path", "metadata")
    },
    ("public.trained_models", "authenticated", "UPDATE"): {"model_name", "algorithm", "metadata"},
}
"""What may be done to some columns of a relation and not to all."""
FUNCTIONS: dict[str, set[str]] = {
    "count_request": {"authenticated"},
    "count_call": {"authenticated"},
    "before_request": {"anon", "authenticated", "service_role"},
    "my_limits": {"authenticated"},
    "list_models": {"authenticated"},
    "register_model": {"authenticated"},
    "rename_model": {"authenticated"},
    "remove_model": {"authenticated"},
    "keep_scan": {"service_role"},
    "request_batch": {"authenticated"},
    "abandon_batch": {"authenticated"},
    "cancel_batch": {"authenticated"},
    "batch_detail": {"authenticated"},
    "take_turn": {"service_role"},
    "skip_waiting": {"service_role"},
    "find_batch": {"service_role"},
    "save_template": {"authenticated"},
    "remove_template": {"authenticated"},
    "request_deployment": {"authenticated"},
    "abandon_deployment": {"authenticated"},
    "delete_deployment": {"authenticated"},
    "request_deletion": {"authenticated"},
    "list_deployments": {"authenticated"},
    "page_deployments": {"authenticated"},
    "request_operation": {"authenticated"},
    "abandon_operation": {"authenticated"},
    "begin_operation": {"service_role"},
    "end_operation": {"service_role"},
    "running_operations": {"service_role"},
    "record_traffic": {"service_role"},
    "request_change": {"authenticated"},
    "list_endpoints": {"authenticated"},
    "endpoint_detail": {"authenticated"},
    "begin_due": {"service_role"},
    "living_of": {"service_role"},
    "record_event": {"service_role"},
    "move_deployment": {"service_role"},
    "rename_endpoint": {"service_role"},
    "update_deployment": {"authenticated"},
    "keep_update": {"service_role"},
    "undo_update": {"service_role"},
    "living_on_endpoint": {"service_role"},
    "apply_limits": {"service_role"},
    "keep_model_memory": {"service_role"},
    "estimate_facts": {"authenticated"},
    "keep_instance_types": {"service_role"},
    "project_id": {"service_role"},
}


def relations(database: Database, kinds: str) -> list[dict[str, Any]]:
    return database.run(
        """select c.oid, n.nspname || '.' || c.relname as name, c.relrowsecurity, c.reloptions
             from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = any(%s) and c.relkind = any(%s)""",
        list(OURS),
        list(kinds),
    )


def test_every_table_and_view_grants_what_the_matrix_says_and_nothing_else(
    database: Database,
) -> None:
    found = {
        relation["name"]: {
            role: granted
            for role in ROLES
            if (
                granted := {
                    row["p"]
                    for row in database.run(
                        """select p from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE',
                             'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
                            where has_table_privilege(%s, %s::oid, p)""",
                        role,
                        relation["oid"],
                    )
                }
            )
        }
        for relation in relations(database, "rpvm")
    }
    assert found == TABLES


def test_no_column_grants_more_than_its_table_but_those_of_the_matrix(
    database: Database,
) -> None:
    rows = database.run(
        """select n.nspname || '.' || c.relname as relation, r as role, p as privilege,
                  array_agg(a.attname::text) as columns
             from pg_class c join pg_namespace n on n.oid = c.relnamespace
             join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped,
                  unnest(%s::text[]) r, unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p
            where n.nspname = any(%s) and c.relkind = any('{r,p,v,m}')
              and has_column_privilege(r, c.oid, a.attnum, p)
              and not has_table_privilege(r, c.oid, p)
            group by 1, 2, 3""",
        list(ROLES),
        list(OURS),
    )
    found = {(row["relation"], row["role"], row["privilege"]): set(row["columns"]) for row in rows}
    assert found == COLUMNS


def test_every_table_has_row_level_security_and_every_view_asks_the_tables(
    database: Database,
) -> None:
    assert [r["name"] for r in relations(database, "rp") if not r["relrowsecurity"]] == []
    assert [
        r["name"]
        for r in relations(database, "v")
        if "security_invoker=true" not in (r["reloptions"] or [])
    ] == []
    assert relations(database, "m") == []


def test_every_function_is_for_those_whom_the_matrix_names(database: Database) -> None:
    functions = database.run(
        """select p.oid, p.proname from pg_proc p
            where p.pronamespace = 'public'::regnamespace
              and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')"""
    )
    found = {
        function["proname"]: {
            role
            for role in ROLES
            if database.run(
                "select has_function_privilege(%s, %s::oid, 'execute') as may",
                role,
                function["oid"],
            )[0]["may"]
        }
        for function in functions
    }
    assert found == FUNCTIONS


def test_functions_with_their_owners_rights_have_an_empty_search_path(database: Database) -> None:
    loose = database.run(
        """select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname = any(%s) and (p.proconfig is null
              or not 'search_path=""' = any (p.proconfig))
              and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')""",
        list(OURS),
    )
    assert loose == []


@pytest.mark.parametrize("role", ["anon", "authenticated"])
def test_nobody_who_calls_from_outside_enters_the_internal_schema(
    database: Database, role: str
) -> None:
    entry = database.run("select has_schema_privilege(%s, 'slipway', 'usage') as may", role)
    assert entry[0]["may"] is False


def test_owners_see_their_rows_and_nobody_elses(database: Database) -> None:
    ada, bob = database.new_user(), database.new_user()
    model = database.new_model(ada)
    with database.as_user(ada) as connection:
        made = request(connection, model)["deployment"]["id"]
    with database.as_service() as connection:
        connection.execute("select public.record_event(%s, 'p', 'note', 'hello')", (made,))
    seen = {
        "public.trained_models": "id",
        "public.deployments": "id",
        "public.deployment_events": "deployment_id",
        "public.deployment_details": "id",
        "public.deployment_rows": "id",
        "public.deployment_numbers": "user_id",
        "public.deployment_stats": "user_id",
    }
    for table, column in seen.items():
        query = f"select {column} as it from {table}"
        with database.as_user(ada) as connection:
            rows = {str(row["it"]) for row in connection.execute(query).fetchall()}
            assert len(rows) == 1, table
            assert rows <= {ada, model, made}
        with database.as_user(bob) as connection:
            assert connection.execute(query).fetchall() == [], table
        with database.as_role("authenticated") as connection:
            assert connection.execute(query).fetchall() == [], table
        with database.as_service() as connection:
            mine = connection.execute(f"{query} where {column} = any(%s::uuid[])", (list(rows),))
            assert len(mine.fetchall()) == 1, table
        with (
            database.as_role("anon") as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(query)


def foreign_paths(ada: str, bob: str) -> list[str]:
    climbing = [f"{bob}/m.joblib", f"{ada}/../{bob}/m.joblib", f"{ada}/./m", f"{ada}\\m"]
    return [*climbing, f"{ada}/", f"{ada}/a//b", f"/{ada}/m", f"{ada}/a\nb", ada, ""]


def test_nobody_adds_a_model_for_somebody_else_or_with_somebody_elses_file(
    database: Database,
) -> None:
    ada, bob = database.new_user(), database.new_user()
    insert = (
        "insert into public.trained_models (user_id, model_name, file_path) values (%s, 'm', %s)"
    )
    with database.as_user(ada) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(insert, (bob, f"{bob}/m.joblib"))
        for path in foreign_paths(ada, bob):
            with pytest.raises(psycopg.errors.CheckViolation):
                connection.execute(insert, (ada, path))
        connection.execute(insert, (ada, f"{ada}/deep/er/..m%2e.joblib"))


def test_a_models_file_is_fixed_once_it_is_there_while_its_name_may_change(
    database: Database,
) -> None:
    ada = database.new_user()
    model = database.new_model(ada)
    with database.as_user(ada) as connection:
        renamed = connection.execute(
            "update public.trained_models set model_name = 'new' where id = %s", (model,)
        )
        assert renamed.rowcount == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "update public.trained_models set file_path = %s where id = %s",
                (f"{ada}/other", model),
            )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(
                "update public.trained_models set user_id = %s where id = %s",
                (str(uuid.uuid4()), model),
            )


def test_files_of_models_belong_to_the_folder_of_their_owner(database: Database) -> None:
    ada, bob = database.new_user(), database.new_user()
    insert = "insert into storage.objects (bucket_id, name) values (%s, %s)"
    path = f"{ada}/{uuid.uuid4()}.joblib"
    with database.as_user(ada) as connection:
        connection.execute(insert, ("models", path))
        for bucket, name in (("models", f"{bob}/m"), ("models", "m"), ("artifacts", f"{ada}/m")):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(insert, (bucket, name))
    count = "select count(*) as n from storage.objects where name = %s"
    for role, user, seen in (
        ("authenticated", ada, 1),
        ("authenticated", bob, 0),
        ("anon", None, 0),
    ):
        with database.as_role(role, user) as connection:
            assert connection.execute(count, (path,)).fetchall() == [{"n": seen}]
    with database.as_user(bob) as connection:
        connection.execute("set storage.allow_delete_query = true")
        removed = connection.execute("delete from storage.objects where name = %s", (path,))
        assert removed.rowcount == 0
    buckets = database.run("select id, public from storage.buckets order by id")
    assert [(b["id"], b["public"]) for b in buckets] == [("artifacts", False), ("models", False)]
