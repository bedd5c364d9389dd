"""Whose a resource is, and what follows from it for a run that wants its place."""

import pytest

from activities.support.ownership import (
    Standing,
    marks_of,
    standing_of_deployment,
    standing_of_endpoint,
)
from shared.domain.endpoint import Deployment, Endpoint, Marks, Provisioning
from shared.domain.status import Status
from tests.support.records import ADA, GRACE, PROJECT, row, run_of
from tests.support.records_fake import RecordsFake

ROW = row(1)
RUN = run_of(ROW)
OTHERS = row(2, user_id=GRACE, endpoint_name="other")


def endpoint(marks: Marks, state: Provisioning = Provisioning.SUCCEEDED) -> Endpoint:
    return Endpoint(name="iris", provisioning=state, marks=marks, traffic={}, mirror={})


def deployment(marks: Marks, state: Provisioning = Provisioning.SUCCEEDED) -> Deployment:
    return Deployment(
        name="blue", provisioning=state, marks=marks, instance_type="x", instance_count=1
    )


def test_marks_name_owner_row_and_database():
    assert marks_of(RUN) == Marks(owner=ADA, deployment=ROW.id, project=PROJECT)


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        (Provisioning.SUCCEEDED, Standing.OURS),
        (Provisioning.CREATING, Standing.OURS),
        (Provisioning.FAILED, Standing.OURS),
        (Provisioning.REMOVING, Standing.LEAVING),
    ],
)
def test_an_endpoint_of_the_same_user_is_ours_until_it_is_removed(
    state: Provisioning, standing: Standing
):
    found = endpoint(Marks(owner=ADA, deployment="whatever"), state)
    assert standing_of_endpoint(found, RUN, RecordsFake(ROW)) is standing
    assert standing_of_endpoint(None, RUN, RecordsFake(ROW)) is Standing.ABSENT


def test_an_endpoint_of_another_user_leaves_where_this_database_knows_its_maker():
    records = RecordsFake(ROW, OTHERS)
    known = endpoint(Marks(owner=GRACE, deployment=OTHERS.id))
    assert standing_of_endpoint(known, RUN, records) is Standing.LEAVING
    for maker in (row(9).id, "no-uuid", ""):
        unknown = endpoint(Marks(owner=GRACE, deployment=maker))
        assert standing_of_endpoint(unknown, RUN, records) is Standing.FOREIGN


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        (Status.ACTIVE, Standing.FOREIGN),
        (Status.DEPLOYING, Standing.FOREIGN),
        (Status.FAILED, Standing.LEAVING),
        (Status.DELETED, Standing.LEAVING),
    ],
)
def test_a_deployment_of_another_row_leaves_once_that_has_ended(status: Status, standing: Standing):
    maker = row(2, deployment_name="green", status=status)
    records = RecordsFake(ROW, maker)
    found = deployment(Marks(owner=ADA, deployment=maker.id))
    assert standing_of_deployment(found, RUN, records) is standing
    removed = deployment(marks_of(RUN), Provisioning.REMOVING)
    assert standing_of_deployment(removed, RUN, records) is Standing.LEAVING
    assert standing_of_deployment(deployment(marks_of(RUN)), RUN, records) is Standing.OURS
    assert standing_of_deployment(None, RUN, records) is Standing.ABSENT
