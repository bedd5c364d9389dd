"""From a batch request to one orchestration: judged as a whole, named, in the order of need."""

from uuid import UUID, uuid4

import pytest

from shared.domain.batch import BatchRequest
from shared.domain.deployment import DeployRequest, Limits
from shared.domain.naming import generated_deployment_name
from shared.domain.operation import OperationStatus
from shared.errors.requests import (
    BatchRefused,
    DeploymentNameTaken,
    EndpointNameTaken,
    ModelNotFound,
    TemplateNotFound,
)
from shared.errors.waiting import StartFailed, SupabaseUnavailable
from shared.ports.sizes import ReleasedSizes
from shared.use_cases.deploy_batch import BatchInitiator
from tests.support.orchestrations_fake import OrchestrationsFake
from tests.support.records import MODEL_ID, NOW
from tests.support.services import settings_of
from tests.support.user_batches_fake import UserBatchesFake
from tests.support.user_data_fake import UserDataFake
from tests.support.user_templates_fake import UserTemplatesFake

MODEL = {"model_id": MODEL_ID}


def roomy():
    """Rows of a user who may have many at once."""
    data = UserDataFake()
    data.records.apply_limits(Limits(max_deploying=90, max_active=90, max_requests_per_minute=9))
    return data


def initiator(batches=None, orchestrations=None, templates=None):
    return BatchInitiator(
        batches or UserBatchesFake(roomy()),
        templates,
        orchestrations or OrchestrationsFake(),
        settings_of(),
        ReleasedSizes(),
        "request-1",
        "00-trace",
    )


def wanted(*bodies, **fields):
    return BatchRequest.model_validate({"deployments": list(bodies), **fields})


def test_a_batch_becomes_one_run_with_a_lane_for_each_that_may_go_on_at_once():
    who = initiator()
    made = who.deploy(wanted(MODEL, MODEL, MODEL, at_once=2, on_failure="stop"))
    [(instance, (orchestrator, run))] = who.orchestrations.started.items()
    assert (instance, orchestrator) == (made.batch_id, "deploy_batch")
    assert (run.batch_id, run.lanes, run.on_failure) == (made.batch_id, 2, "stop")
    assert (run.request_id, run.traceparent) == ("request-1", "00-trace")
    who.deploy(wanted(MODEL))
    assert list(who.orchestrations.started.values())[-1][1].lanes == 1


def test_what_needs_the_fewest_cores_of_quota_begins_first():
    who = initiator()
    large = {**MODEL, "instance_type": "Standard_DS4_v2"}
    middle = {**MODEL, "instance_count": 3}
    who.deploy(wanted(large, middle, MODEL, MODEL))
    assert [each.place for each in who.batches.asked[0]] == [3, 2, 0, 1]


def test_generated_names_differ_also_on_one_endpoint_within_one_second():
    who = initiator()
    who.deploy(wanted(*[{**MODEL, "endpoint_name": "iris"}] * 20))
    names = [each.spec.deployment_name for each in who.batches.asked[0]]
    assert len(set(names)) == 20


def test_a_generated_name_that_is_taken_is_generated_again_for_that_one():
    taken = BatchRefused([(1, DeploymentNameTaken("x", "iris"))])
    who = initiator(UserBatchesFake(roomy(), refusals=[taken]))
    who.deploy(wanted(MODEL, MODEL))
    first, second = who.batches.asked
    assert first[1].spec.deployment_name != second[1].spec.deployment_name
    with pytest.raises(BatchRefused):
        initiator(UserBatchesFake(roomy(), refusals=[taken] * 3)).deploy(wanted(MODEL, MODEL))
    other = BatchRefused([(0, ModelNotFound(MODEL_ID)), *taken.problems])
    who = initiator(UserBatchesFake(roomy(), refusals=[other]))
    with pytest.raises(BatchRefused):
        who.deploy(wanted(MODEL, MODEL))
    assert len(who.batches.asked) == 1


def test_two_that_want_one_name_on_one_endpoint_are_told_by_index():
    same = {**MODEL, "endpoint_name": "Iris", "deployment_name": "Blue"}
    who = initiator()
    with pytest.raises(BatchRefused) as refused:
        who.deploy(wanted(same, MODEL, {**same, "deployment_name": "blue"}))
    assert refused.value.message == "deployments.2: deployments.0 is called blue on iris too"
    assert who.batches.asked == []


def test_a_template_that_is_missing_is_told_by_index_and_an_outage_is_an_outage():
    of_template = {**MODEL, "template_id": str(uuid4())}
    missing = UserTemplatesFake(TemplateNotFound("t"))
    with pytest.raises(BatchRefused) as refused:
        initiator(templates=missing).deploy(wanted(MODEL, of_template))
    assert [(index, error.code) for index, error in refused.value.problems] == [
        (1, "template_not_found")
    ]
    with pytest.raises(SupabaseUnavailable):
        initiator(templates=UserTemplatesFake(SupabaseUnavailable())).deploy(wanted(of_template))


def test_a_batch_that_cannot_be_started_is_abandoned_by_its_first_request_alone():
    batches = UserBatchesFake(roomy())
    late = initiator(batches, OrchestrationsFake(out_of_reach=True))
    with pytest.raises(StartFailed):
        late.deploy(wanted(MODEL), "key")
    [lost] = batches.records.batches
    ended = batches.batch(lost).error
    assert ended is not None
    assert ended.code == "start_failed"
    begun = initiator(batches).deploy(wanted(MODEL), "key").batch_id
    with pytest.raises(StartFailed):
        late.deploy(wanted(MODEL), "key")
    assert batches.batch(begun).status is OperationStatus.RUNNING
    again = initiator(batches)
    assert again.deploy(wanted(MODEL), "key").batch_id == begun
    again.deploy(wanted(MODEL), "key")
    assert list(again.orchestrations.started) == [begun]


def test_the_hash_is_of_all_that_is_asked_for():
    who = initiator()
    for request in (
        wanted(MODEL, MODEL),
        wanted({**MODEL, "user_id": str(uuid4())}, MODEL),
        wanted(MODEL),
        wanted(MODEL, MODEL, at_once=1),
        wanted(MODEL, MODEL, on_failure="stop"),
    ):
        who.deploy(request)
    same, also_same, *others = who.batches.hashes
    assert same == also_same
    assert len({same, *others}) == 4


@pytest.mark.parametrize(
    "wrong", [{"at_once": 0}, {"at_once": 21}, {"at_once": "2"}, {"on_failure": "x"}, {"more": 1}]
)
def test_a_batch_that_is_not_legal_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        wanted(MODEL, **wrong)
    many = [DeployRequest(model_id=UUID(MODEL_ID)).model_dump()] * 21
    with pytest.raises(ValueError, match="at most 20"):
        wanted(*many)


def test_a_name_of_an_endpoint_that_the_user_chose_is_refused_at_once():
    taken = BatchRefused([(0, EndpointNameTaken("iris"))])
    who = initiator(UserBatchesFake(roomy(), refusals=[taken]))
    with pytest.raises(BatchRefused):
        who.deploy(wanted({**MODEL, "endpoint_name": "iris"}))
    generated = initiator(UserBatchesFake(roomy(), refusals=[taken]))
    assert generated.deploy(wanted(MODEL)).total == 1


def test_only_the_same_name_on_the_same_endpoint_is_a_double():
    blue = {**MODEL, "endpoint_name": "iris", "deployment_name": "blue"}
    others = [{**blue, "endpoint_name": "wine"}, {**blue, "deployment_name": "green"}]
    made = initiator().deploy(wanted(blue, *others))
    assert [(each.endpoint_name, each.deployment_name) for each in made.deployments] == [
        ("iris", "blue"),
        ("wine", "blue"),
        ("iris", "green"),
    ]


def test_every_name_that_was_taken_gets_a_suffix_and_no_other_does():
    first, second = (BatchRefused([(n, DeploymentNameTaken("x", "iris"))]) for n in (0, 1))
    who = initiator(UserBatchesFake(roomy(), refusals=[first, second]))
    who.deploy(wanted(MODEL, MODEL, MODEL))
    plain, once, twice = [
        [len(each.spec.deployment_name) for each in asked] for asked in who.batches.asked
    ]
    short = len(generated_deployment_name(NOW, ""))
    long = len(generated_deployment_name(NOW, "abcd"))
    assert (plain, once, twice) == ([short] * 3, [long, short, short], [long, long, short])
    assert len({each.id for each in who.batches.asked[-1]}) == 3
    assert {UUID(each.id).version for each in who.batches.asked[-1]} == {4}


def test_a_repeated_request_begins_only_what_never_began():
    batches, orchestrations = UserBatchesFake(roomy()), OrchestrationsFake()
    made = initiator(batches, orchestrations).deploy(wanted(MODEL), "key")
    orchestrations.end(made.batch_id)
    orchestrations.started.clear()
    initiator(batches, orchestrations).deploy(wanted(MODEL), "key")
    assert orchestrations.started == {}
    batches.records.end_operation(made.batch_id, OperationStatus.SUCCEEDED)
    unknown = OrchestrationsFake()
    initiator(batches, unknown).deploy(wanted(MODEL), "key")
    assert unknown.started == {}
