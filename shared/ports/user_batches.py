"""The port to one user's batches."""

from collections.abc import Sequence
from typing import Protocol

from shared.domain.batch import Batch, BatchMember, OnFailure, RequestedBatch
from shared.domain.failure import Failure


class UserBatches(Protocol):
    """One user's batches, reached with that user's own token."""

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
        """Insert the rows and operations of all of them, or none; limits count them as a whole.

        Raises BatchRefused, which names each that is refused; Conflict idempotency_key_reused;
        TooMany too_many_deploying, too_many_active.
        """
        ...

    def batch(self, batch_id: str) -> Batch:
        """The batch as it stands. Raises NotFound batch_not_found, for another user's too."""
        ...

    def cancel(self, batch_id: str, failure: Failure) -> int:
        """Fail what has not begun, for this reason; how many those were.

        Raises NotFound batch_not_found.
        """
        ...

    def abandon(self, batch_id: str, failure: Failure) -> None:
        """Fail all of a batch whose orchestration could not be started, and free its key."""
        ...
