"""Port UserData over the official client, the REST gateway and row level security."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.errors import Conflict, NotFound, TooMany, Unprocessable
from shared.lifecycle import Status
from shared.schemas.deployment import DeploymentQuery, NewDeployment, Requested
from shared.supabase.user_data import SupabaseUserData
from tests.support.data import Person, Project, new_name


def asked(person: Person, **changed: object) -> NewDeployment:
    known = {
        "id": str(uuid.uuid4()),
        "model_id": person.model_id,
        "deployment_name": "blue",
        "endpoint_name": new_name(),
        "description": "für Ada",
        "instance_type": "Standard_DS1_v2",
        "instance_count": 2,
    }
    return NewDeployment.model_validate({**known, **changed})


def deploy(
    data: SupabaseUserData, request: NewDeployment, key: str | None = None, body: str = "hash"
) -> Requested:
    return data.request_deployment(request, idempotency_key=key, body_hash=body)


@pytest.fixture
def hers(project: Project, ada: Person) -> SupabaseUserData:
    return SupabaseUserData(project.settings, ada.principal)


@pytest.fixture
def his(project: Project, bob: Person) -> SupabaseUserData:
    return SupabaseUserData(project.settings, bob.principal)


def test_a_request_becomes_the_row_that_detail_and_list_show(
    hers: SupabaseUserData, ada: Person
) -> None:
    request = asked(ada)
    made = deploy(hers, request)
    row = made.deployment
    assert not made.replayed
    assert (row.id, row.user_id, row.status) == (request.id, ada.id, Status.DEPLOYING)
    assert (row.description, row.instance_count) == ("für Ada", 2)
    assert row.trained_models is not None
    assert row.trained_models.model_name == "Iris classifier"
    assert hers.deployment(row.id) == row
    page = hers.deployments(DeploymentQuery())
    assert (page.deployments, page.total, page.next_cursor) == ([row], 1, None)


def test_the_same_key_gives_the_same_deployment_and_another_body_a_conflict(
    hers: SupabaseUserData, ada: Person
) -> None:
    first = deploy(hers, asked(ada), "k")
    again = deploy(hers, asked(ada), "k")
    assert again.replayed
    assert again.deployment == first.deployment
    with pytest.raises(Conflict, match=first.deployment.id) as conflict:
        deploy(hers, asked(ada), "k", "other")
    assert conflict.value.code == "idempotency_key_reused"


def test_a_key_used_by_many_requests_at_once_makes_one_deployment(
    project: Project, ada: Person
) -> None:
    def one(_: int) -> str:
        data = SupabaseUserData(project.settings, ada.principal)
        return deploy(data, asked(ada), "k").deployment.id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(one, range(8)))) == 1


def test_names_that_are_taken_are_refused_by_name(
    hers: SupabaseUserData, his: SupabaseUserData, ada: Person, bob: Person
) -> None:
    name = deploy(hers, asked(ada)).deployment.endpoint_name
    with pytest.raises(Conflict, match=name) as conflict:
        deploy(his, asked(bob, endpoint_name=name))
    assert conflict.value.code == "endpoint_name_taken"
    with pytest.raises(Conflict, match="blue") as conflict:
        deploy(hers, asked(ada, endpoint_name=name))
    assert conflict.value.code == "deployment_name_taken"


def test_the_limit_in_flight_is_refused_with_its_numbers(
    hers: SupabaseUserData, ada: Person
) -> None:
    for _ in range(5):
        deploy(hers, asked(ada))
    with pytest.raises(TooMany, match="You have 5 deployments in flight; the limit is 5") as much:
        deploy(hers, asked(ada))
    assert much.value.code == "too_many_deploying"


def test_a_strangers_model_is_not_found(hers: SupabaseUserData, ada: Person, bob: Person) -> None:
    with pytest.raises(NotFound, match=bob.model_id) as missing:
        deploy(hers, asked(ada, model_id=bob.model_id))
    assert missing.value.code == "model_not_found"


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
    his.abandon_deployment(made, "not yours")
    assert hers.deployment(made).status is Status.DEPLOYING
    assert his.deployments(DeploymentQuery()).total == 0
    assert his.stats().total_deployments == 0


def test_a_deleted_deployment_is_gone_for_its_owner_but_still_counted(
    hers: SupabaseUserData, ada: Person
) -> None:
    made = deploy(hers, asked(ada)).deployment.id
    assert hers.delete_deployment(made) is Status.DEPLOYING
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
    hers.abandon_deployment(made, "The orchestration did not start. Try again.\x00")
    row = hers.deployment(made)
    assert (row.status, row.error_message) == (
        Status.FAILED,
        "The orchestration did not start. Try again.",
    )
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
    with pytest.raises(Unprocessable) as invalid:
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
