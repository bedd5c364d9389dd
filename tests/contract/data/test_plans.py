"""With many users' rows in the table, a user's question touches that user's rows only."""

import json
import re
import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest

from devstack.supabase_local.postgres.server import SUPERUSER
from tests.support.data import Connection, Database

USERS, ROWS = 200, 20_000
SEED = """
insert into auth.users (id) select ('5eed0000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid
  from generate_series(1, {users}) i;
insert into public.trained_models (id, user_id, model_name, file_path)
select id, id, 'Model', id || '/m.joblib' from auth.users where id::text like '5eed%';
insert into public.deployments (user_id, model_id, deployment_name, endpoint_name, status,
                                created_at, deleted_at)
select u, u, 'deploy-' || i, 'seed-' || i, s, now() - make_interval(secs => i),
       case when s = 'deleted' then now() end
  from (select i, ('5eed0000-0000-4000-8000-' || lpad(to_hex(1 + i % {users}), 12, '0'))::uuid as u,
               case i % 1000 when 0 then 'deploying' when 1 then 'active'
                    else (array['failed', 'deleted'])[1 + (i / {users}) % 2] end as s
          from generate_series(1, {rows}) i) seeds;
analyze public.deployments; analyze public.trained_models;
"""
USER = "5eed0000-0000-4000-8000-000000000007"


@pytest.fixture(scope="module")
def seeded(database: Database) -> Iterator[Database]:
    database.run(SEED.format(users=USERS, rows=ROWS))
    yield database
    database.run("delete from auth.users where id::text like '5eed%'")
    database.run("analyze public.deployments")


@pytest.fixture
def plans(seeded: Database) -> Callable[..., list[str]]:
    """Runs a statement as somebody and tells the plans of everything that it ran within."""
    superuser = Database(psycopg.conninfo.make_conninfo(seeded.conninfo, user=SUPERUSER))

    def run(statement: str, role: str, user_id: str = USER) -> list[str]:
        told: list[str] = []
        with superuser.connect() as connection:
            _explain_everything(connection)
            claims = json.dumps({"sub": user_id, "role": role})
            connection.execute("select set_config('request.jwt.claims', %s, false)", (claims,))
            connection.execute(f"set role {role}")
            connection.add_notice_handler(lambda notice: told.append(notice.message_primary or ""))
            connection.execute(statement)
        return told

    return run


def _explain_everything(connection: Connection) -> None:
    connection.execute("load 'auto_explain'")
    for setting, value in (
        ("log_min_duration", "0"),
        ("log_nested_statements", "on"),
        ("log_analyze", "on"),
        ("log_level", "notice"),
    ):
        connection.execute(f"set auto_explain.{setting} = {value}")


USED = re.compile(r"(?:Index(?: Only)? Scan|Bitmap Index Scan)[^(]*?(?:using|on) (\w+)")


@pytest.mark.parametrize(
    ("statement", "role", "index"),
    [
        ("select public.page_deployments()", "authenticated", "deployments_newest"),
        ("select public.page_deployments(search => 'model')",
         "authenticated", "deployments_newest"),
        ("select public.page_deployments(status => 'failed', cursor_created_at => now(),"
         f" cursor_id => '{USER}')", "authenticated", "deployments_newest"),
        ("select * from public.deployments where status <> 'deleted'"
         " order by created_at desc, id desc limit 20", "authenticated", "deployments_newest"),
        ("select * from public.deployment_numbers", "authenticated", "deployments_counted"),
        (f"select * from public.deployment_numbers where user_id = '{USER}'", "service_role",
         "deployments_counted"),
        ("select * from public.deployments where endpoint_name = 'seed-7' and status <> 'deleted'",
         "service_role", "deployments_of_endpoint"),
        ("select * from public.living_on_endpoint('SEED-7')", "service_role",
         "deployments_of_endpoint_name"),
        ("select * from public.deployments where status = 'deploying'"
         " and created_at < now() - interval '1 hour'", "service_role", "deployments_deploying"),
        (f"select * from public.deployments where status = 'active' and id > '{USER}'"
         " order by id limit 500", "service_role", "deployments_active"),
    ],
)  # fmt: skip
def test_the_index_made_for_a_question_answers_it(
    plans: Callable[..., list[str]], statement: str, role: str, index: str
) -> None:
    told = "\n".join(plans(statement, role))
    used = USED.findall(told)
    assert index in used, told
    assert "deployments_endpoint_name_claimed" not in used, told
    assert "Seq Scan on deployments" not in told, told


def test_a_request_looks_at_its_own_users_rows_only(
    seeded: Database, plans: Callable[..., list[str]]
) -> None:
    told = "\n".join(
        plans(
            f"""select public.request_deployment('{uuid.uuid4()}', jsonb_build_object(
                  'model_id', '{USER}', 'deployment_name', 'blue', 'endpoint_name', 'plan-me',
                  'instance_type', 'Standard_DS1_v2', 'instance_count', 1), 'key', 'hash')""",
            "authenticated",
        )
    )
    assert "Insert on deployments" in told
    assert "Seq Scan on deployments" not in told, told


def test_removing_a_model_does_not_search_all_deployments(
    seeded: Database, plans: Callable[..., list[str]]
) -> None:
    model = seeded.new_model(USER)
    told = "\n".join(
        plans(f"delete from public.trained_models where id = '{model}'", "authenticated")
    )
    assert "Delete on trained_models" in told
    assert "Seq Scan on deployments" not in told, told
