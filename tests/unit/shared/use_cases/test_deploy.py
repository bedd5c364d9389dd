"""From a request to an orchestration: once, whoever else asks at the same time."""

from uuid import UUID, uuid4

import pytest

from shared.config import Settings
from shared.domain.deployment import Deleted, DeployRequest, Requested
from shared.domain.status import Status
from shared.errors.requests import (
    Conflict,
    DeploymentNameTaken,
    EndpointNameTaken,
    InstanceTypeUnknown,
)
from shared.errors.waiting import StartFailed, Unavailable
from shared.use_cases.deploy import Initiator
from shared.use_cases.runs import deadlines_of
from tests.support.orchestrations_fake import OrchestrationsFake
from tests.support.records import MODEL_ID, PROJECT, row
from tests.support.services import settings_of

OPERATION = "77777777-7777-4777-8777-777777777777"
WANTED = DeployRequest(model_id=UUID(MODEL_ID))


class DataFake:
    """Rows of one user; `names_taken` are refused."""

    def __init__(self, *, names_taken=0, error=DeploymentNameTaken("blue", "iris")):
        self.rows, self.keys, self.asked, self.abandoned = {}, {}, [], []
        self.hashes, self.retries, self.deleted = [], [], []
        self.names_taken, self.error = names_taken, error

    def request_deployment(self, deployment_id, spec, *, idempotency_key, body_hash, retry_of=None):
        self.asked.append(spec)
        self.hashes.append(body_hash)
        self.retries.append(retry_of)
        if len(self.asked) <= self.names_taken:
            raise self.error
        if first := self.keys.get(idempotency_key):
            return Requested(deployment=self.rows[first], replayed=True, project=PROJECT)
        made = row(id=deployment_id, **spec.model_dump())
        self.rows[made.id] = made
        if idempotency_key:
            self.keys[idempotency_key] = made.id
        return Requested(deployment=made, project=PROJECT)

    def abandon_deployment(self, deployment_id, failure):
        self.abandoned.append((deployment_id, failure.explained))

    def delete_deployment(self, deployment_id):
        self.deleted.append(deployment_id)
        in_flight = self.rows.get(deployment_id) is not None
        return Deleted(status=Status.ACTIVE, operation_id=None if in_flight else OPERATION)


def initiator(data=None, orchestrations=None):
    minutes = {name: 20 for name in Settings.model_fields if name.endswith("_deadline_minutes")}
    return Initiator(
        data or DataFake(),
        orchestrations or OrchestrationsFake(),
        settings_of(**minutes),
        "request-1",
        "00-trace",
    )


def test_a_request_becomes_a_run_that_knows_its_project_and_its_request():
    who = initiator()
    made = who.deploy(WANTED)
    [(orchestrator, run)] = who.orchestrations.started.values()
    assert orchestrator == "deploy_model"
    assert (run.deployment_id, run.project) == (made.id, PROJECT)
    assert (run.request_id, run.traceparent) == ("request-1", "00-trace")
    assert run.endpoint_generated is True


def test_a_repeated_key_starts_what_its_first_request_could_not_and_never_twice():
    data, orchestrations = DataFake(), OrchestrationsFake(out_of_reach=True)
    who = initiator(data, orchestrations)
    with pytest.raises(Unavailable):
        who.deploy(WANTED, "key")
    orchestrations.out_of_reach = False
    again = [who.deploy(WANTED, "key").id for _ in range(2)]
    assert len(set(again)) == len(orchestrations.started) == 1


def test_only_the_first_request_gives_its_row_up_when_the_start_fails():
    data = DataFake()
    first = initiator(data).deploy(WANTED, "key")
    late = initiator(data, OrchestrationsFake(out_of_reach=True))
    with pytest.raises(Unavailable):
        late.deploy(WANTED, "key")
    assert data.abandoned == []
    assert data.rows[first.id].status is Status.DEPLOYING
    with pytest.raises(Unavailable):
        late.deploy(WANTED)
    assert [message for _, message in data.abandoned] == [
        f"start_failed: {StartFailed().message} {StartFailed.fix}"
    ]


def test_a_generated_name_that_is_taken_is_generated_again():
    data = DataFake(names_taken=2)
    made = initiator(data).deploy(WANTED)
    names = [asked.deployment_name for asked in data.asked]
    assert len(set(names)) == 3
    assert made.deployment_name == names[-1]


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"deployment_name": "blue"}, DeploymentNameTaken("blue", "iris")),
        ({"endpoint_name": "iris"}, EndpointNameTaken("iris")),
    ],
    ids=["deployment", "endpoint"],
)
def test_a_name_that_the_user_chose_is_refused_at_once(wanted, error):
    data = DataFake(names_taken=1, error=error)
    with pytest.raises(Conflict) as conflict:
        initiator(data).deploy(WANTED.model_copy(update=wanted))
    assert conflict.value is error
    assert len(data.asked) == 1


def test_names_that_are_taken_again_and_again_are_told():
    data = DataFake(names_taken=9)
    with pytest.raises(DeploymentNameTaken):
        initiator(data).deploy(WANTED)
    assert len(data.asked) == 3


def test_a_retry_is_a_new_row_and_says_what_to_do_when_its_name_is_in_use():
    failed = row(status="failed")
    data = DataFake()
    made = initiator(data).retry(failed)
    assert made.id != failed.id
    assert data.retries == [failed.id]
    assert (made.deployment_name, made.endpoint_name) == ("blue", "iris")
    with pytest.raises(Conflict) as conflict:
        initiator(DataFake(names_taken=1)).retry(failed)
    assert conflict.value.code == "deployment_name_taken"
    assert conflict.value.fix == "Follow that one, or delete it and retry."
    assert "iris has a deployment called blue" in conflict.value.message


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({"status": "active"}, "not_failed", "this one is active"),
        ({"status": "failed", "instance_count": 11}, "not_retriable", "instance_count"),
        ({"status": "failed", "model_id": None}, "not_retriable", "model was removed"),
    ],
)
def test_what_cannot_be_retried_is_a_conflict_that_says_why(fields, code, said):
    with pytest.raises(Conflict) as conflict:
        initiator().retry(row(**fields))
    assert conflict.value.code == code
    assert said in conflict.value.message


def test_a_retry_whose_size_is_offered_no_more_says_so():
    refused = DataFake(names_taken=1, error=InstanceTypeUnknown("Standard_A1", ["Standard_DS1_v2"]))
    with pytest.raises(Conflict) as conflict:
        initiator(refused).retry(row(status="failed"))
    assert conflict.value.code == "not_retriable"
    assert "instance_type" in conflict.value.message


def test_a_teardown_that_cannot_be_started_is_left_to_the_sweeper():
    who = initiator(orchestrations=OrchestrationsFake(out_of_reach=True))
    who.delete(row(status="active"))
    assert who.orchestrations.started == {}


def test_an_active_deployment_is_torn_down_by_the_operation_that_the_database_made():
    live = row(status="active")
    who = initiator()
    assert who.delete(live) == OPERATION
    assert who.data.deleted == [live.id]
    [(instance, (orchestrator, run))] = who.orchestrations.started.items()
    assert (instance, orchestrator) == (OPERATION, "delete_deployment")
    assert (run.operation_id, run.deployment_id) == (OPERATION, live.id)
    assert (run.request_id, run.traceparent) == ("request-1", "00-trace")


def test_a_deployment_in_flight_stops_by_itself():
    who = initiator()
    made = who.deploy(WANTED)
    before = dict(who.orchestrations.started)
    assert who.delete(made) is None
    assert who.orchestrations.started == before


def test_the_hash_of_a_request_is_of_what_is_asked_and_of_nothing_else():
    data = DataFake()
    who = initiator(data)
    for body in (
        {"deployment_name": "blue", "endpoint_name": "iris"},
        {"endpoint_name": "iris", "deployment_name": "blue", "user_id": str(uuid4())},
        {"deployment_name": "blue", "endpoint_name": "iris", "instance_count": 2},
    ):
        who.deploy(DeployRequest.model_validate({"model_id": MODEL_ID, **body}))
    same, also_same, other = data.hashes
    assert same == also_same != other
    assert len(same) == 64


def test_what_is_asked_for_has_the_requests_own_values():
    data = DataFake()
    initiator(data).deploy(DeployRequest(model_id=UUID(MODEL_ID), user_id=uuid4()))
    [asked] = data.asked
    assert asked.model_id == MODEL_ID
    assert asked.deployment_name.startswith("deploy-2")
    assert not asked.deployment_name.endswith("-")
    [made] = data.rows
    assert UUID(made).version == 4


def test_a_repeated_request_starts_its_own_row_again_under_its_own_id():
    data, orchestrations = DataFake(), OrchestrationsFake()
    made = row(id=str(uuid4()))
    data.rows[made.id], data.keys["key"] = made, made.id
    who = initiator(data, orchestrations)
    who.deploy(WANTED, "key")
    [(instance, (orchestrator, run))] = orchestrations.started.items()
    assert (instance, orchestrator, run.deployment_id) == (made.id, "deploy_model", made.id)
    data.rows[made.id] = made.model_copy(update={"status": Status.FAILED})
    unknown = OrchestrationsFake()
    initiator(data, unknown).deploy(WANTED, "key")
    assert unknown.started == {}


def test_a_start_that_fails_gives_its_own_row_up():
    data = DataFake()
    with pytest.raises(StartFailed):
        initiator(data, OrchestrationsFake(out_of_reach=True)).deploy(WANTED)
    assert [abandoned for abandoned, _ in data.abandoned] == list(data.rows)


def test_deadlines_are_the_settings_minutes_in_seconds():
    minutes = {
        "endpoint_deadline_minutes": 1,
        "deployment_deadline_minutes": 2,
        "traffic_deadline_minutes": 3,
        "removal_deadline_minutes": 4,
        "step_deadline_minutes": 5,
    }
    assert deadlines_of(settings_of(**minutes)).model_dump() == {
        "endpoint": 60,
        "deployment": 120,
        "traffic": 180,
        "removal": 240,
        "step": 300,
    }
