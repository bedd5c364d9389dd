"""What only the database tells of UserData: lists, statistics, limits, and what happens at once."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from shared.adapters.supabase.records import SupabaseRecords
from shared.adapters.supabase.user_data import SupabaseUserData
from shared.domain.deployment import Deleted, DeploymentQuery, DeploymentSpec, Requested
from shared.domain.failure import Failure
from shared.domain.operation import OperationKind, OperationStatus
from shared.domain.status import Status
from shared.errors.requests import InvalidRequest, NotFound, TooMany
from tests.support.data import Person, Project, new_name, request

NOT_STARTED = Failure(
    code="start_failed", message="The orchestration did not start.\x00", fix="Try again."
)


def asked(person: Person, **changed: object) -> DeploymentSpec:
    known = {
        "model_id": person.model_id,
        "deployment_name": "blue",
        "endpoint_name": new_name(),
        "description": "für Ada",
        "instance_type": "Standard_DS1_v2",
        "instance_count": 2,
    }
    return DeploymentSpec.model_validate({**known, **changed})


def deploy(
    data: SupabaseUserData, spec: DeploymentSpec, key: str | None = None, body: str = "hash"
) -> Requested:
    made = str(uuid.uuid4())
    return data.request_deployment(made, spec, idempotency_key=key, body_hash=body)


@pytest.fixture
def hers(project: Project, ada: Person) -> SupabaseUserData:
    return SupabaseUserData(project.settings, ada.principal)


@pytest.fixture
def his(project: Project, bob: Person) -> SupabaseUserData:
    return SupabaseUserData(project.settings, bob.principal)


def test_a_request_becomes_the_row_that_detail_and_list_show(
    hers: SupabaseUserData, ada: Person
) -> None:
    spec = asked(ada)
    made = deploy(hers, spec)
    row = made.deployment
    assert not made.replayed
    assert (row.spec, row.user_id, row.status) == (spec, ada.id, Status.DEPLOYING)
    assert (row.description, row.instance_count) == ("für Ada", 2)
    assert row.trained_models is not None
    assert row.trained_models.model_name == "Iris classifier"
    assert hers.deployment(row.id) == row
    page = hers.deployments(DeploymentQuery())
    listed = row.model_copy(update={"environment_variables": None})
    assert (page.deployments, page.total, page.next_cursor) == ([listed], 1, None)


def test_a_key_used_by_many_requests_at_once_makes_one_deployment(
    project: Project, ada: Person
) -> None:
    def one(_: int) -> str:
        data = SupabaseUserData(project.settings, ada.principal)
        return deploy(data, asked(ada), "k").deployment.id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(one, range(8)))) == 1


def test_a_stranger_finds_neither_row_nor_timeline_and_deletes_nothing(
    project: Project, hers: SupabaseUserData, his: SupabaseUserData, ada: Person
) -> None:
    made = deploy(hers, asked(ada)).deployment.id
    with project.database.as_service() as service:
        service.execute("select public.record_event(%s, 'p', 'note', 'm')", (made,))
    assert len(hers.events(made)) == 1
    assert his.events(made) == []
    for attempt in (his.deployment, his.delete_deployment):
        with pytest.raises(NotFound, match=made):
            attempt(made)
    his.abandon_deployment(made, NOT_STARTED)
    assert hers.deployment(made).status is Status.DEPLOYING
    assert his.deployments(DeploymentQuery()).total == 0
    assert his.stats().total_deployments == 0


def test_a_deleted_deployment_is_gone_for_its_owner_but_still_counted(
    hers: SupabaseUserData, ada: Person
) -> None:
    made = deploy(hers, asked(ada)).deployment.id
    assert hers.delete_deployment(made) == Deleted(status=Status.DEPLOYING)
    for attempt in (hers.deployment, hers.delete_deployment):
        with pytest.raises(NotFound):
            attempt(made)
    assert hers.deployments(DeploymentQuery()).total == 0
    assert hers.deployments(DeploymentQuery(status=Status.DELETED)).total == 0
    numbers = hers.stats()
    assert (numbers.total_deployments, numbers.deploying_count) == (1, 0)
    assert numbers.last_deployment_date is not None


def test_an_abandoned_deployment_says_why(hers: SupabaseUserData, ada: Person) -> None:
    made = deploy(hers, asked(ada)).deployment.id
    hers.abandon_deployment(made, NOT_STARTED)
    row = hers.deployment(made)
    assert (row.status, row.error_message) == (
        Status.FAILED,
        "start_failed: The orchestration did not start. Try again.",
    )
    assert row.error == NOT_STARTED.model_copy(
        update={"message": "The orchestration did not start."}
    )
    ended = hers.operation(made)
    assert (ended.status, ended.error) == (OperationStatus.FAILED, row.error)
    assert [(e.phase, e.status) for e in hers.events(made)] == [("initiate", "failed")]


def test_following_the_cursor_shows_every_row_once(
    project: Project, hers: SupabaseUserData, ada: Person
) -> None:
    instant = "2026-02-03T04:05:06.000007Z"
    made = {
        project.database.new_deployment(ada.id, ada.model_id, created_at=instant) for _ in range(7)
    }
    seen, cursor, totals = [], None, set()
    for _ in range(4):
        page = hers.deployments(DeploymentQuery(limit=2, cursor=cursor))
        seen += [row.id for row in page.deployments]
        totals.add(page.total)
        cursor = page.next_cursor
    assert cursor is None
    assert len(seen) == 7
    assert set(seen) == made
    assert totals == {7}


@pytest.mark.parametrize("cursor", ["x", "'; drop table deployments", "MjAyNg", "é", "=" * 9])
def test_a_cursor_of_somebody_elses_making_is_refused(hers: SupabaseUserData, cursor: str) -> None:
    with pytest.raises(InvalidRequest) as invalid:
        hers.deployments(DeploymentQuery(cursor=cursor))
    assert invalid.value.code == "invalid_cursor"


def test_a_search_is_taken_literally(project: Project, hers: SupabaseUserData, ada: Person) -> None:
    model = project.database.new_model(ada.id, "50%_Größe")
    made = project.database.new_deployment(ada.id, model)
    project.database.new_deployment(ada.id, ada.model_id)
    for search, found in (("%", 1), ("_größe", 1), ("50%", 1), ("5%e", 0), ("\\", 0)):
        page = hers.deployments(DeploymentQuery(search=search))
        assert page.total == found, search
    assert hers.deployments(DeploymentQuery(search="GRÖSSE")).total == 0
    assert hers.deployments(DeploymentQuery(search="GRÖßE")).deployments[0].id == made


def test_requests_beyond_the_minutes_limit_are_told_how_long_to_wait(
    project: Project, hers: SupabaseUserData, ada: Person
) -> None:
    hers.count_request()
    project.database.run(
        "update slipway.request_counts set requests = 600, requests_before = 600"
        " where user_id = %s",
        ada.id,
    )
    with pytest.raises(TooMany, match="more than 300 requests") as much:
        hers.count_request()
    assert much.value.code == "too_many_requests"
    assert 1 <= much.value.retry_after <= 120
    assert str(much.value.retry_after) in much.value.fix


def test_users_who_share_the_process_never_share_a_session(
    project: Project, ada: Person, bob: Person
) -> None:
    people = [ada, bob] * 8

    def own_id(person: Person) -> bool:
        data = SupabaseUserData(project.settings, person.principal)
        made = deploy(data, asked(person), key="only-one").deployment
        return made.user_id == person.id == data.deployment(made.id).user_id

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(own_id, people))


def test_a_requested_deployment_has_an_operation_of_its_id_that_ends_with_it(
    hers: SupabaseUserData, his: SupabaseUserData, project: Project, ada: Person
) -> None:
    made = deploy(hers, asked(ada)).deployment
    begun = hers.operation(made.id)
    assert (begun.kind, begun.status) == (OperationKind.DEPLOY, OperationStatus.RUNNING)
    assert (begun.deployment_id, begun.endpoint_name) == (made.id, made.endpoint_name)
    with pytest.raises(NotFound):
        his.operation(made.id)
    (running,) = hers.operations_on(made.endpoint_name)
    assert (running.id, running.kind, running.deployment_id) == (made.id, begun.kind, made.id)
    assert his.operations_on(made.endpoint_name) == []
    SupabaseRecords(project.settings).move(made.id, Status.ACTIVE)
    assert hers.operation(made.id).status is OperationStatus.SUCCEEDED
    assert hers.operations_on(made.endpoint_name) == []


def test_an_endpoint_is_a_row_of_its_owner_with_its_traffic_as_last_seen(
    hers: SupabaseUserData, project: Project, ada: Person
) -> None:
    made = deploy(hers, asked(ada)).deployment
    SupabaseRecords(project.settings).record_traffic(made.endpoint_name.upper(), {"blue": 100}, {})
    rows = project.database.run(
        "select user_id, traffic from public.endpoints where name = %s", made.endpoint_name
    )
    assert [(str(row["user_id"]), row["traffic"]) for row in rows] == [(ada.id, {"blue": 100})]


def test_what_is_no_field_of_a_specification_cannot_be_asked_for(
    project: Project, ada: Person
) -> None:
    with (
        project.database.as_user(ada.id) as connection,
        pytest.raises(psycopg.errors.RaiseException, match="unknown_fields"),
    ):
        request(connection, ada.model_id, scoring_uri="https://elsewhere.example")
