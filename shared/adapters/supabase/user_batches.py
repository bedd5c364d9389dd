"""Port UserBatches: one user's batches, through functions of the database."""

from collections.abc import Sequence

from shared.adapters.supabase.calls import UserCalls
from shared.adapters.supabase.text import storable_failure
from shared.domain.batch import Batch, BatchMember, OnFailure, RequestedBatch
from shared.domain.failure import Failure
from shared.errors.requests import BatchNotFound


class SupabaseUserBatches(UserCalls):
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
        made = self._call(
            "request_batch",
            batch_id=batch_id,
            members=[member.model_dump(mode="json") for member in members],
            at_once=at_once,
            on_failure=on_failure,
            idempotency_key=idempotency_key,
            body_hash=body_hash,
        )
        return RequestedBatch.model_validate(made)

    def batch(self, batch_id: str) -> Batch:
        found = self._call("batch_detail", batch_id=batch_id)
        if found is None:
            raise BatchNotFound(batch_id)
        return Batch.model_validate(found)

    def cancel(self, batch_id: str, failure: Failure) -> int:
        return int(self._call("cancel_batch", batch_id=batch_id, error=storable_failure(failure)))

    def abandon(self, batch_id: str, failure: Failure) -> None:
        """Also after the request's deadline: what was not started must not stay deploying."""
        fresh = SupabaseUserBatches(self._settings, self._principal)
        fresh._call("abandon_batch", batch_id=batch_id, error=storable_failure(failure))
