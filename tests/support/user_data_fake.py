"""The changing half of UserData in memory, as tests/contract/data/test_user_changes.py asks.

It stands on the rows of a RecordsFake, as both adapters stand on one database. Lists, statistics
and limits are the database's alone; nothing but a database can stand in for them.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

from shared.adapters.supabase.text import MESSAGE_BYTES, storable
from shared.domain.deployment import Deleted, DeploymentRow, DeploymentSpec, Limits, Requested
from shared.domain.endpoint_view import (
    EndpointQuery,
    KnownEndpoints,
    KnownRevisions,
    Living,
    RunningOperation,
)
from shared.domain.failure import Failure
from shared.domain.operation import Begun, Operation, OperationKind, OperationStatus
from shared.domain.status import Status
from shared.domain.timeline import Event
from shared.domain.update import IN_THE_CLOUD, Updated
from shared.errors.requests import (
    DeploymentNameTaken,
    DeploymentNotFound,
    EndpointNameTaken,
    EndpointNotFound,
    IdempotencyKeyReused,
    ModelNotFound,
    NotActive,
    NotAsleep,
    OperationNotFound,
    OperationRunning,
    ReleaseRunning,
    RotationRunning,
    TooManyActive,
    TooManyDeploying,
    TrafficChanged,
)
from shared.ports.user_data import UserData
from tests.support.records import ADA, NOW, PROJECT
from tests.support.records_fake import RecordsFake

AWAKE = (Status.DEPLOYING, Status.ACTIVE)
EXCLUSIVE = (OperationKind.CHANGE_TRAFFIC, OperationKind.ROLL_BACK, OperationKind.UPDATE)
"""Kinds that an endpoint has one of at a time."""
LIMITS = Limits(max_deploying=5, max_active=20, max_requests_per_minute=300)


class UserDataFake:
    """One user's rows. The first requests raise `refusals`, one each."""

    def __init__(
        self,
        records: RecordsFake | None = None,
        user_id: str = ADA,
        *,
        refusals: Iterable[Exception] = (),
    ) -> None:
        self.records, self.user_id = records or RecordsFake(), user_id
        self.refusals = list(refusals)
        self.asked: list[DeploymentSpec] = []
        self.hashes: list[str] = []
        self.retries: list[str | None] = []
        self._keys: dict[str, tuple[str, str]] = {}

    @property
    def port(self) -> UserData:
        """This, for who asks for nothing but changes and endpoints."""
        return cast("UserData", self)

    @property
    def rows(self) -> dict[str, DeploymentRow]:
        """This user's, by id."""
        found = self.records.rows.items()
        return {key: row for key, row in found if row.user_id == self.user_id}

    def request_deployment(
        self,
        deployment_id: str,
        spec: DeploymentSpec,
        *,
        idempotency_key: str | None,
        body_hash: str,
        retry_of: str | None = None,
    ) -> Requested:
        self.asked.append(spec)
        self.hashes.append(body_hash)
        self.retries.append(retry_of)
        if self.refusals:
            raise self.refusals.pop(0)
        if idempotency_key in self._keys:
            first, hashed = self._keys[idempotency_key]
            if hashed != body_hash:
                raise IdempotencyKeyReused(first)
            return Requested(deployment=self.rows[first], replayed=True, project=PROJECT)
        self.require_room(1)
        model = self.records.models.get(spec.model_id)
        if model is None or model.user_id != self.user_id:
            raise ModelNotFound(spec.model_id)
        made = DeploymentRow(
            id=deployment_id,
            user_id=self.user_id,
            status=Status.DEPLOYING,
            created_at=NOW,
            updated_at=NOW,
            **{**spec.model_dump(), "endpoint_name": spec.endpoint_name.lower()},
        )
        self._require_names(made)
        self.records.insert(made)
        if idempotency_key:
            self._keys[idempotency_key] = (deployment_id, body_hash)
        return Requested(deployment=self.rows[made.id], project=PROJECT)

    def deployment(self, deployment_id: str) -> DeploymentRow:
        found = self.rows.get(deployment_id)
        if found is None or found.status is Status.DELETED:
            raise DeploymentNotFound(deployment_id)
        return found

    def abandon_deployment(self, deployment_id: str, failure: Failure) -> None:
        found = self.rows.get(deployment_id)
        begun = any(event.deployment_id == deployment_id for event in self.records.timeline)
        if found is None or found.status is not Status.DEPLOYING or begun:
            return
        self.records.move(deployment_id, Status.FAILED, failure=failure)
        self._keys = {k: each for k, each in self._keys.items() if each[0] != deployment_id}
        self.records.record(
            Event(
                deployment_id=deployment_id,
                operation_id=deployment_id,
                phase="initiate",
                status="failed",
                message=storable(failure.as_text, MESSAGE_BYTES),
                error=failure,
            )
        )

    def delete_deployment(self, deployment_id: str) -> Deleted:
        found = self.deployment(deployment_id)
        self.records.move(deployment_id, Status.DELETED)
        if found.status is Status.DEPLOYING:
            return Deleted(status=found.status)
        return Deleted(status=found.status, operation_id=self._begin(OperationKind.DELETE, found))

    def request_operation(self, deployment_id: str, kind: OperationKind) -> str:
        found = self.deployment(deployment_id)
        if found.status is not Status.ACTIVE:
            raise NotActive(found.status)
        if any(running.kind is kind for running in self._running(found)):
            raise RotationRunning(found.endpoint_name)
        return self._begin(kind, found)

    def request_change(
        self,
        kind: OperationKind,
        deployment_id: str,
        *,
        input: dict[str, Any] | None = None,
        seen: int | None = None,
    ) -> Begun:
        found = self.deployment(deployment_id)
        for running in self._running(found):
            own = running.deployment_id == deployment_id
            if running.kind is kind is OperationKind.ROLL_BACK and own:
                return Begun(id=running.id, input=running.input, project=PROJECT, replayed=True)
            resting = own and running.kind in (OperationKind.SLEEP, OperationKind.WAKE)
            if running.kind in EXCLUSIVE or resting:
                raise OperationRunning(running.id, running.kind)
        self._require_status(kind, found)
        version = len(self.records.moves.get(found.endpoint_name.lower(), []))
        moving = kind in (OperationKind.CHANGE_TRAFFIC, OperationKind.ROLL_BACK)
        if moving and seen is not None and seen != version:
            there = found.endpoint_name.lower()
            raise TrafficChanged(self.records.traffic[there], self.records.mirror[there])
        asleep, asked = found.status is Status.ASLEEP, dict(input or {})
        if asleep:
            self.require_room(1)
        if kind is OperationKind.ROLL_BACK:
            asked["asleep"] = asleep
        if kind is OperationKind.SLEEP:
            self._put(found, status=Status.ASLEEP)
        elif asleep:
            self._put(found, status=Status.DEPLOYING)
        begun = self._begin(kind, found, asked)
        return Begun(id=begun, input=asked, project=PROJECT, replayed=False)

    def update_deployment(self, deployment_id: str, fields: dict[str, Any]) -> Updated:
        change = {name: value for name, value in fields.items() if name in IN_THE_CLOUD}
        kept = {name: value for name, value in fields.items() if name not in IN_THE_CLOUD}
        begun = None
        if change:
            begun = self.request_change(OperationKind.UPDATE, deployment_id, input=change)
        found = self.deployment(deployment_id)
        if "expires_in_hours" in kept:
            hours = kept["expires_in_hours"]
            kept["expires_at"] = hours and NOW + timedelta(hours=hours)
        return Updated(deployment=self._put(found, **kept), operation=begun)

    def abandon_operation(self, operation_id: str, failure: Failure) -> None:
        found = self.records.operations.get(operation_id)
        begun = self.records.has_begun(operation_id)
        ends_otherwise = (OperationKind.DEPLOY, OperationKind.DELETE, OperationKind.SLEEP)
        if found is None or begun or found.kind in ends_otherwise:
            return
        self.records.end_operation(operation_id, OperationStatus.FAILED, failure)
        row = self.rows.get(found.deployment_id or "")
        waking = found.kind in (OperationKind.WAKE, OperationKind.ROLL_BACK)
        if row and waking and row.status is Status.DEPLOYING:
            self._put(row, status=Status.ASLEEP)

    def operation(self, operation_id: str) -> Operation:
        found = self.records.operations.get(operation_id)
        if found is None or not self._owns(found):
            raise OperationNotFound(operation_id)
        return found

    def operations_on(self, endpoint_name: str) -> list[RunningOperation]:
        running = [each for each in self.records.running_operations() if self._owns(each)]
        return [
            RunningOperation.model_validate(each, from_attributes=True)
            for each in running
            if each.endpoint_name == endpoint_name
        ][:20]

    def endpoints(self, query: EndpointQuery) -> KnownEndpoints:
        names = {row.endpoint_name.lower() for row in self.rows.values() if _lives(row)}
        found = sorted(name for name in names if (query.search or "").lower() in name)
        rest = [name for name in found if query.cursor is None or name > query.cursor]
        page = [self.endpoint(name) for name in rest[: query.limit]]
        return KnownEndpoints(endpoints=page, total=len(found), more=len(rest) > len(page))

    def endpoint(self, name: str) -> KnownRevisions:
        there = name.lower()
        rows = [row for row in self.rows.values() if row.endpoint_name.lower() == there]
        revisions = [row for row in rows if row.status is not Status.DELETED]
        if not revisions:
            raise EndpointNotFound(name)
        revisions.sort(key=lambda row: row.revision, reverse=True)
        moves = self.records.moves.get(there, [])
        return KnownRevisions(
            name=there,
            traffic=self.records.traffic.get(there, {}),
            mirror=self.records.mirror.get(there, {}),
            version=len(moves),
            created_at=NOW,
            living=[
                Living(deployment_id=row.id, **row.model_dump(include=set(Living.model_fields)))
                for row in revisions
                if _lives(row)
            ],
            revisions=revisions,
            moves=moves[::-1],
        )

    def require_room(self, asked: int) -> None:
        """TooManyDeploying, TooManyActive where so many more would be too many."""
        limits = self.records.limits or LIMITS
        statuses = [row.status for row in self.rows.values()]
        deploying, active = statuses.count(Status.DEPLOYING), statuses.count(Status.ACTIVE)
        if deploying + asked > limits.max_deploying:
            raise TooManyDeploying(deploying, limits.max_deploying, asked)
        if deploying + active + asked > limits.max_active:
            raise TooManyActive(active, deploying, limits.max_active, asked)

    def _require_names(self, wanted: DeploymentRow) -> None:
        """DeploymentNameTaken on an endpoint of this user's; else EndpointNameTaken."""
        try:
            self.records.claim(wanted)
        except EndpointNameTaken:
            others = self.records.others_on(wanted.endpoint_name, wanted.id)
            if any(other.user_id != self.user_id for other in others):
                raise
            raise DeploymentNameTaken(wanted.deployment_name, wanted.endpoint_name) from None

    def _require_status(self, kind: OperationKind, row: DeploymentRow) -> None:
        if kind is OperationKind.WAKE:
            if row.status is not Status.ASLEEP:
                raise NotAsleep(row.status)
            return
        resting = kind is OperationKind.ROLL_BACK and row.status is Status.ASLEEP
        if row.status is not Status.ACTIVE and not resting:
            raise NotActive(row.status)
        for other in self.records.others_on(row.endpoint_name, row.id):
            watched = other.release is not None and other.release.is_watched
            if other.status is Status.DEPLOYING and watched:
                raise ReleaseRunning(other.id, other.deployment_name)

    def _owns(self, operation: Operation) -> bool:
        return operation.deployment_id in self.rows

    def _running(self, row: DeploymentRow) -> list[Operation]:
        there = row.endpoint_name.lower()
        return [each for each in self.records.running_operations() if each.endpoint_name == there]

    def _begin(
        self, kind: OperationKind, row: DeploymentRow, input: dict[str, Any] | None = None
    ) -> str:
        operation = Operation(
            id=str(uuid4()),
            kind=kind,
            endpoint_name=row.endpoint_name.lower(),
            deployment_id=row.id,
            status=OperationStatus.RUNNING,
            input=input or {},
            requested_by=self.user_id,
            started_at=NOW,
        )
        self.records.operations[operation.id] = operation
        return operation.id

    def _put(self, row: DeploymentRow, **fields: Any) -> DeploymentRow:
        changed = DeploymentRow.model_validate(
            {**row.model_dump(), "recipe": row.recipe, **fields, "updated_at": NOW}
        )
        self.records.rows[row.id] = changed
        return changed


def _lives(row: DeploymentRow) -> bool:
    return row.status in (*AWAKE, Status.ASLEEP)
