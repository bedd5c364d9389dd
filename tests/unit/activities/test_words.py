"""What each phase says while it waits and once it is done: the status and the timeline show it."""

from typing import Any

import pytest

from shared.domain.endpoint import Marks
from shared.domain.operation import OperationKind
from shared.domain.status import Status
from shared.domain.update import CloudChange
from shared.wire.outcome import Failed
from shared.wire.phases import (
    ChangeVariables,
    CreateDeployment,
    CreateEndpoint,
    EndOperation,
    Finalize,
    KeepUpdate,
    PhaseInput,
    RecallRecipe,
    RecordFailure,
    RemoveDeployment,
    RemoveEndpoint,
    RenameEndpoint,
    RestoreDeployment,
    ReturnToSleep,
    RotateKey,
    ScaleDeployment,
    ShiftTraffic,
    VerifyDeployment,
    VerifyUpdate,
    VerifyWorkspace,
    WithdrawTraffic,
)
from tests.support.phases import MODEL, RECIPE, PhaseWorld
from tests.support.records import GRACE, NOW, row, run_of

Steps = tuple[tuple[type[PhaseInput], dict[str, Any]], ...]
NO = Failed(code="not_authorized", message="No.", fix="Ask.")
MADE = {"model": MODEL, "recipe": RECIPE}
TWO = {"change": CloudChange(instance_count=2, autoscale=None)}
VARIABLES = {"environment_variables": {"A": "1"}}


def test_a_deployment_is_made_changed_put_to_sleep_and_removed_in_these_words():
    world = PhaseWorld(settle_after=2)
    made: Steps = (
        (VerifyWorkspace, {}),
        (CreateEndpoint, {}),
        (CreateDeployment, MADE),
        (VerifyDeployment, {"example": {"x": 1.0}}),
        (ShiftTraffic, {}),
        (Finalize, MADE),
        (RotateKey, {"key": "primary"}),
        (VerifyUpdate, TWO),
        (ScaleDeployment, {"instance_count": 2}),
        (ChangeVariables, VARIABLES),
        (KeepUpdate, TWO),
        (RestoreDeployment, {"change": CloudChange(**VARIABLES), "instance_count": 1}),
    )
    for step, asked in made:
        world.until_done(step, **asked)
    live = world.records.rows[world.row.id]
    assert live.swagger_uri == "https://iris.westeurope.inference.example/swagger.json"
    assert live.deployed_at != NOW, "the phase says when, so that waking is a new time"
    live.status = Status.DEPLOYING
    woken = world.until_done(RecallRecipe).done
    assert (woken["model"], woken["recipe"]) == (MODEL.model_dump(), RECIPE.model_dump())
    removed: Steps = (
        (WithdrawTraffic, {}),
        (RemoveDeployment, {}),
        (ReturnToSleep, {"failed": NO}),
        (RemoveEndpoint, {"only_if_made_by_run": False}),
        (WithdrawTraffic, {}),
    )
    for step, asked in removed:
        world.until_done(step, **asked)
    assert world.said == [
        "fake in westeurope has room for Standard_DS1_v2 x1. About $0.068 an hour.",
        "Azure ML is creating the endpoint.",
        "Endpoint iris is ready.",
        "Azure ML is building the image and starting the container.",
        "Standard_DS1_v2 x1 is up, with no traffic yet.",
        "Answered an example row with [0].",
        "Azure ML is moving the traffic.",
        "blue carries 100 % of the traffic.",
        "Live at https://iris.westeurope.inference.example/score.",
        "Azure ML is replacing the primary key.",
        "The primary key of iris is new.",
        "There is room for Standard_DS1_v2 x2. About $0.136 an hour.",
        "Azure ML is making it 2 instances.",
        "blue runs with 2 instances.",
        "Azure ML is replacing the containers.",
        "The containers have 1 variables of yours.",
        "Changed: autoscale, instance_count.",
        "Azure ML puts it back as it was.",
        "The deployment is as it was.",
        "m:1; nothing is converted or registered again.",
        "Azure ML is moving the traffic.",
        "Azure ML is still busy with the endpoint.",
        "blue carries no traffic.",
        "Azure ML is removing the deployment.",
        "blue is gone.",
        "Asleep as before: not_authorized.",
        "Azure ML is removing the endpoint.",
        "Endpoint iris is gone.",
        "There is no endpoint of ours to take traffic from.",
    ]
    asleep = world.records.rows[world.row.id]
    assert asleep.error is not None
    assert (asleep.status, asleep.error.code) == (Status.ASLEEP, "not_authorized")


@pytest.mark.parametrize("lost", ["recipe", "azure_model_name", "azure_model_version"])
def test_what_was_not_kept_is_prepared_again(lost: str):
    kept: dict[str, Any] = {
        "recipe": RECIPE.model_dump(),
        "azure_model_name": "m",
        "azure_model_version": "1",
    }
    world = PhaseWorld(row(**{**kept, lost: None}))
    told = world.perform(RecallRecipe).done
    assert (told["model"], told["recipe"]) == (None, None)
    assert world.said == ["It was not kept then: the model is prepared again."]


def test_others_are_waited_for_and_what_is_gone_is_told_in_these_words():
    hers, his = row(1, user_id=GRACE, endpoint_name="hers"), row(2)
    world = PhaseWorld(hers, his, settle_after=3)
    world.target.put_endpoint("iris", Marks(owner=GRACE, deployment=hers.id))
    world.perform(CreateEndpoint, of=his)
    world.until_done(WithdrawTraffic, of=his)
    world.target.delete_endpoint("iris")
    world.until_done(CreateEndpoint, of=his)
    assert world.said == [
        "Waiting for the name's last owner to be gone.",
        "There is no endpoint of ours to take traffic from.",
        "Waiting for the name's last owner to be gone.",
        "Azure ML is creating the endpoint.",
        "Endpoint iris is ready.",
    ]
    world.said.clear()
    world.target.replace_key("iris", "primary")
    world.until_done(CreateDeployment, of=his, **MADE)
    world.records.move(his.id, Status.DELETED)
    third = row(3)
    world.records.insert(third)
    world.perform(CreateDeployment, of=third, **MADE)
    world.until_done(RestoreDeployment, of=his, instance_count=1, **TWO)
    world.perform(ReturnToSleep, of=his, failed=NO)
    world.perform(RecordFailure, of=his, phase="p", failed=NO, clean=True)
    world.perform(RecordFailure, of=third, phase="p", failed=NO, clean=False)
    assert world.said == [
        "Waiting for the endpoint's change.",
        "Azure ML is building the image and starting the container.",
        "Standard_DS1_v2 x1 is up, with no traffic yet.",
        "Waiting for the one before it to go.",
        "The deployment is gone; there is nothing to put back.",
        "The deployment was deleted.",
        "The deployment was deleted. What this run had made is removed.",
        "Failed: not_authorized. Not everything that this run had made could be removed;"
        " the sweeper tries again.",
    ]


def test_a_name_that_was_taken_is_told_with_the_one_in_its_place():
    world = PhaseWorld()
    name = world.perform(RenameEndpoint).done["endpoint_name"]
    assert world.said == [f"iris was taken; now {name}."]


@pytest.mark.parametrize(("first", "then", "ends"), [(None, NO, "succeeded"), (NO, None, "failed")])
def test_an_operation_ends_once_with_its_reason(
    first: Failed | None, then: Failed | None, ends: str
):
    world = PhaseWorld()
    begun = world.records.begin_operation(
        OperationKind.ROTATE_KEYS, user_id="u", endpoint_name="iris", deployment_id=world.row.id
    )
    run = run_of(world.row).model_copy(update={"operation_id": begun})
    world.perform(EndOperation, run=run, failed=first)
    assert world.said == [f"The operation has {ends}."]
    world.perform(EndOperation, run=run, failed=then)
    ended = world.records.operations[begun]
    assert (ended.status, ended.error and ended.error.code) == (ends, first and first.code)
