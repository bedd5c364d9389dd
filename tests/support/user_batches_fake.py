"""The port UserBatches in memory, as tests/contract/data/test_user_batches.py asks."""

from collections.abc import Iterable, Sequence

from shared.domain.batch import Batch, BatchedDeployment, BatchMember, OnFailure, RequestedBatch
from shared.domain.failure import Failure
from shared.domain.operation import Operation, OperationKind, OperationStatus
from shared.errors import UserFacingError
from shared.errors.requests import BatchNotFound, BatchRefused, IdempotencyKeyReused
from tests.support.records import NOW
from tests.support.user_data_fake import UserDataFake


class UserBatchesFake:
    """Batches of the user whose rows these are. The first requests raise `refusals`, one each."""

    def __init__(
        self, data: UserDataFake | None = None, *, refusals: Iterable[Exception] = ()
    ) -> None:
        self.data = data or UserDataFake()
        self.records = self.data.records
        self.refusals = list(refusals)
        self.asked: list[Sequence[BatchMember]] = []
        self.hashes: list[str] = []
        self._keys: dict[str, tuple[str, str]] = {}

    def request(
        self,
        batch_id: str,
        members: Sequence[BatchMember],
        *,
        at_once: int,
        on_failure: OnFailure,
        idempotency_key: str | None,
        body_hash: str,
    ) -> RequestedBatch:
        self.asked.append(members)
        self.hashes.append(body_hash)
        if self.refusals:
            raise self.refusals.pop(0)
        if idempotency_key in self._keys:
            first, hashed = self._keys[idempotency_key]
            if hashed != body_hash:
                raise IdempotencyKeyReused(self.records.batches[first].deployments[0].deployment_id)
            return RequestedBatch(batch=self.batch(first), replayed=True)
        self.data.require_room(len(members))
        self._insert(batch_id, members)
        self.records.batches[batch_id] = Batch(
            batch_id=batch_id,
            user_id=self.data.user_id,
            status=OperationStatus.RUNNING,
            at_once=at_once,
            on_failure=on_failure,
            started_at=NOW,
            deployments=[_waiting(member) for member in members],
        )
        places = {member.id: member.place for member in members}
        self.records.places.update(places)
        self.records.operations[batch_id] = Operation(
            id=batch_id,
            kind=OperationKind.BATCH,
            endpoint_name="",
            status=OperationStatus.RUNNING,
            requested_by=self.data.user_id,
            started_at=NOW,
        )
        if idempotency_key:
            self._keys[idempotency_key] = (batch_id, body_hash)
        return RequestedBatch(batch=self.batch(batch_id))

    def batch(self, batch_id: str) -> Batch:
        found = self.records.batch(batch_id)
        if found is None or found.user_id != self.data.user_id:
            raise BatchNotFound(batch_id)
        return found

    def cancel(self, batch_id: str, failure: Failure) -> int:
        return self.records.skip_waiting(self.batch(batch_id).batch_id, failure)

    def abandon(self, batch_id: str, failure: Failure) -> None:
        found = self.records.batch(batch_id)
        if found is None or found.user_id != self.data.user_id:
            return
        if not all(each.waiting for each in found.deployments):
            return
        self.records.skip_waiting(batch_id, failure)
        self.records.end_operation(batch_id, OperationStatus.FAILED, failure)
        self._keys = {k: each for k, each in self._keys.items() if each[0] != batch_id}

    def _insert(self, batch_id: str, members: Sequence[BatchMember]) -> None:
        """All rows or none. BatchRefused names each that is refused."""
        rows, operations = dict(self.records.rows), dict(self.records.operations)
        problems: list[tuple[int, UserFacingError]] = []
        for index, member in enumerate(members):
            try:
                self.data.request_deployment(
                    member.id, member.spec, idempotency_key=None, body_hash=""
                )
            except UserFacingError as error:
                problems.append((index, error))
            else:
                begun = self.records.operations[member.id]
                parent = begun.model_copy(update={"parent_id": batch_id})
                self.records.operations[member.id] = parent
        if problems:
            self.records.rows, self.records.operations = rows, operations
            raise BatchRefused(problems)


def _waiting(member: BatchMember) -> BatchedDeployment:
    asked = member.spec.model_dump(include={"model_id", "deployment_name", "endpoint_name"})
    return BatchedDeployment(deployment_id=member.id, status="deploying", waiting=True, **asked)
