"""A batch is one request: all of its rows or none, turns given once, an end with a reason."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from shared.adapters.supabase.records import SupabaseRecords
from shared.adapters.supabase.user_batches import SupabaseUserBatches
from shared.domain.batch import BatchMember, RequestedBatch
from shared.domain.deployment import DeploymentSpec
from shared.errors.requests import IdempotencyKeyReused
from shared.errors.waiting import BatchCancelled
from shared.wire.outcome import Failed
from tests.support.data import Database, Person, Project, new_name

CANCELLED = Failed.because(BatchCancelled())


def member(person: Person, place: int = 0, **changed: Any) -> BatchMember:
    known = {
        "model_id": person.model_id,
        "deployment_name": "blue",
        "endpoint_name": new_name(),
        "instance_count": 2,
    }
    spec = DeploymentSpec.model_validate({**known, **changed})
    return BatchMember(id=str(uuid.uuid4()), spec=spec, place=place)


@pytest.fixture(autouse=True)
def _limits(database: Database) -> Any:
    """As the app sets them by default."""
    change = "update slipway.deployment_limits set max_deploying = %s"
    database.run(change, 20)
    yield
    database.run(change, 5)


@pytest.fixture
def hers(project: Project, ada: Person) -> SupabaseUserBatches:
    return SupabaseUserBatches(project.settings, ada.principal)


@pytest.fixture
def records(project: Project) -> SupabaseRecords:
    return SupabaseRecords(project.settings)


def ask(
    data: SupabaseUserBatches, *members: BatchMember, key: str | None = None, body: str = "hash"
) -> RequestedBatch:
    made = str(uuid.uuid4())
    return data.request(
        made, members, at_once=3, on_failure="stop", idempotency_key=key, body_hash=body
    )


def rows_of(database: Database, person: Person) -> int:
    query = "select count(*) as n from public.deployments where user_id = %s"
    return int(database.run(query, person.id)[0]["n"])


def test_a_batch_of_twenty_is_one_request(
    hers: SupabaseUserBatches, database: Database, ada: Person
) -> None:
    before = requests_of(database, ada)
    ask(hers, *[member(ada, place) for place in range(20)])
    assert requests_of(database, ada) == before + 1


def requests_of(database: Database, person: Person) -> int:
    found = database.run(
        "select requests from slipway.request_counts where user_id = %s", person.id
    )
    return int(found[0]["requests"]) if found else 0


def test_the_same_key_at_once_makes_one_batch_and_another_body_a_conflict(
    hers: SupabaseUserBatches, project: Project, database: Database, ada: Person
) -> None:
    def one(_: int) -> RequestedBatch:
        return ask(SupabaseUserBatches(project.settings, ada.principal), member(ada), key="k")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(one, range(4)))
    assert sorted(each.replayed for each in answers) == [False, True, True, True]
    assert len({each.batch.batch_id for each in answers}) == 1
    assert rows_of(database, ada) == 1
    with pytest.raises(IdempotencyKeyReused):
        ask(hers, member(ada), key="k", body="other")


def test_takers_at_once_never_get_the_same_one(
    hers: SupabaseUserBatches, project: Project, ada: Person
) -> None:
    batch = ask(hers, *[member(ada, place) for place in range(6)]).batch.batch_id

    def take(lane: int) -> str:
        row = SupabaseRecords(project.settings).take_turn(batch, lane, 0)
        assert row is not None
        return row.id

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(take, range(6)))) == 6


def test_nobody_past_the_api_asks_for_more_than_twenty(database: Database, ada: Person) -> None:
    members = Jsonb([member(ada).model_dump(mode="json") for _ in range(21)])
    with database.as_user(ada.id) as connection, pytest.raises(psycopg.errors.RaiseException):
        connection.execute(
            "select public.request_batch(gen_random_uuid(), %s, 1, 'stop')", (members,)
        )
