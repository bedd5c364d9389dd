"""What a team does to an endpoint: traffic, rollback, sleep and wake, keys, a running release."""

from typing import Any

from shared.domain.deployment import DeploymentRow
from shared.domain.endpoint_view import KnownRevisions
from shared.domain.operation import Begun, OperationKind
from shared.domain.release import RELEASE_EVENT, ReleaseAction
from shared.domain.status import Status
from shared.domain.traffic import TrafficSplit, carrying, everything
from shared.errors import UserFacingError
from shared.errors.requests import (
    EndpointNotFound,
    NoRelease,
    NothingToRollBackTo,
    StillAsleep,
    UnknownRevision,
)
from shared.use_cases.deploy import Initiator
from shared.use_cases.runs import run_of_operation
from shared.wire.outcome import Failed


def change_traffic(
    initiator: Initiator, endpoint: KnownRevisions, wanted: TrafficSplit, seen: int | None
) -> Begun:
    """Begin a change of traffic. `seen`: the version of the caller's If-Match, None without one.

    Raises UnknownRevision; Conflict deployment_asleep, traffic_changed, operation_running,
    release_running; Unavailable.
    """
    lead = _lead(endpoint, wanted)
    there = TrafficSplit.model_construct(traffic=endpoint.traffic, mirror=endpoint.mirror)
    asked = {"wanted": wanted.model_dump(), "expected": there.model_dump()}
    version = endpoint.version if seen is None else seen
    return begin(initiator, OperationKind.CHANGE_TRAFFIC, lead, asked, seen=version)


def roll_back(
    initiator: Initiator, endpoint: KnownRevisions, to: int | None
) -> tuple[Begun, DeploymentRow]:
    """Begin a rollback to revision `to`, or to last_good; the operation and the row it goes to.

    Raises NothingToRollBackTo, UnknownRevision, StillAsleep, and what `begin` raises.
    """
    target = _revision(endpoint, to) if to is not None else last_good(endpoint)
    if target is None:
        raise NothingToRollBackTo(endpoint.name)
    if target.status is Status.FAILED:
        raise StillAsleep(target.deployment_name, target.status)
    return begin(initiator, OperationKind.ROLL_BACK, target, {}), target


def last_good(endpoint: KnownRevisions) -> DeploymentRow | None:
    """The last revision before the present one that had all traffic, and still exists; else None.

    One that is being woken counts, so that the same rollback asked for again is the first one.
    """
    present = everything(endpoint.traffic)
    for moved in endpoint.moves:
        name = everything(moved.traffic)
        for row in endpoint.revisions:
            if (
                row.deployment_name.lower() == name != present
                and row.status is not Status.FAILED
                and row.created_at <= moved.at
            ):
                return row
    return None


def begin(
    initiator: Initiator,
    kind: OperationKind,
    row: DeploymentRow,
    input: dict[str, Any] | None = None,
    *,
    seen: int | None = None,
) -> Begun:
    """Insert the operation and start its orchestration; the same rollback again is the first one.

    Raises what UserData.request_change raises, and Unavailable start_failed. An operation that
    cannot be started is failed, except a sleep: its row is asleep already, and the sweeper starts
    it.
    """
    begun = initiator.data.request_change(kind, row.id, input=input, seen=seen)
    if not begun.replayed or not initiator.orchestrations.is_known(begun.id):
        start_change(initiator, kind, row, begun)
    return begun


def start_change(
    initiator: Initiator, kind: OperationKind, row: DeploymentRow, begun: Begun
) -> None:
    """Start the orchestration of an operation that was begun; `row` as it was before.

    Raises Unavailable start_failed, after the operation was failed.
    """
    run = run_of_operation(
        kind,
        begun.id,
        begun.input,
        row,
        initiator.settings,
        project=begun.project,
        request_id=initiator.request_id,
        traceparent=initiator.traceparent,
    )
    try:
        initiator.orchestrations.start(kind.orchestrator, begun.id, run)
    except UserFacingError as error:
        initiator.data.abandon_operation(begun.id, Failed.because(error))
        raise


def begin_rotation(initiator: Initiator, row: DeploymentRow) -> str:
    """Begin to replace the keys of the row's endpoint; the operation's id.

    Raises Conflict rotation_running, as there is one at a time for all its deployments, or
    not_active; Unavailable start_failed.
    """
    operation_id = initiator.data.request_operation(row.id, OperationKind.ROTATE_KEYS)
    try:
        initiator.start(OperationKind.ROTATE_KEYS, operation_id, row)
    except UserFacingError as error:
        initiator.data.abandon_operation(operation_id, Failed.because(error))
        raise
    return operation_id


def steer_release(initiator: Initiator, row: DeploymentRow, action: ReleaseAction) -> None:
    """Pause, resume or abort a release that is watched.

    Raises Conflict no_release; Unavailable start_failed.
    """
    release = row.spec.release
    if row.status is not Status.DEPLOYING or not release.is_watched:
        raise NoRelease(row.deployment_name, row.status, release.strategy)
    initiator.orchestrations.raise_event(row.id, RELEASE_EVENT, action)


def _lead(endpoint: KnownRevisions, wanted: TrafficSplit) -> DeploymentRow:
    """The deployment in whose timeline the move is told: of those that get traffic, that with most.

    Raises UnknownRevision, StillAsleep, EndpointNotFound.
    """
    living = {
        row.deployment_name.lower(): row
        for row in endpoint.revisions
        if row.status is not Status.FAILED
    }
    for field in ("traffic", "mirror"):
        for name in carrying(getattr(wanted, field)):
            if name not in living:
                known = [row.deployment_name for row in living.values()]
                raise UnknownRevision(field, name, known)
            if living[name].status is not Status.ACTIVE:
                raise StillAsleep(living[name].deployment_name, living[name].status)
    shares = carrying(wanted.traffic) or carrying(endpoint.traffic)
    present = [name for name in sorted(shares, key=shares.__getitem__) if name in living]
    if present:
        return living[present[-1]]
    for row in living.values():
        if row.status is Status.ACTIVE:
            return row
    raise EndpointNotFound(endpoint.name)


def _revision(endpoint: KnownRevisions, number: int) -> DeploymentRow:
    """The row of this revision. Raises UnknownRevision."""
    for row in endpoint.revisions:
        if row.revision == number:
            return row
    known = [str(row.revision) for row in endpoint.revisions]
    raise UnknownRevision("to", f"revision {number}", known)
