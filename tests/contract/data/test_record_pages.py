"""Records over the REST API, which gives at most a page of rows a request."""

from shared.adapters.supabase.records import PAGE, SupabaseRecords
from tests.support.data import Database, Project


def test_more_active_deployments_than_fit_a_page_are_all_found_once(
    project: Project, database: Database
) -> None:
    user_id = database.new_user()
    database.run(
        """insert into public.deployments
             (user_id, model_id, deployment_name, endpoint_name, status)
           select %s, %s, 'd-' || i, 'many-' || i, 'active' from generate_series(1, %s) i""",
        user_id,
        database.new_model(user_id),
        2 * PAGE + 1,
    )
    found = [row.id for row in SupabaseRecords(project.settings).active()]
    mine = database.run("select id from public.deployments where user_id = %s", user_id)
    database.run("delete from public.deployments where user_id = %s", user_id)
    assert {str(row["id"]) for row in mine} <= set(found)
    assert len(found) == len(set(found))
