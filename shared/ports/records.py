"""The port to the rows of all users."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from shared.domain.batch import Batch
from shared.domain.catalogue import Catalogue, InstanceType
from shared.domain.deployment import DeploymentRow, Limits
from shared.domain.failure import Failure
from shared.domain.model import (
    TrainedModel,
)
from shared.domain.operation import Operation, OperationKind, OperationStatus
from shared.domain.status import Status
from shared.domain.timeline import Event
from shared.domain.trained_model import Scan


class Records(Protocol):
    """All rows, with the secret key: for activities and the sweeper only."""

    def deployment(self, deployment_id: str) -> DeploymentRow | None:
        """Any user's, deleted ones too; None where there is no such row."""
        ...

    def trained_model(self, model_id: str, user_id: str) -> TrainedModel:
        """The user's model. Raises NotFound model_not_found."""
        ...

    def move(
        self, deployment_id: str, to: Status, *, failure: Failure | None = None, **fields: Any
    ) -> bool:
        """One conditional update: status and columns together. False where the move is illegal.

        `failure` is kept as a value and as text. The deployment's operation ends with it.
        """
        ...

    def keep_update(self, deployment_id: str, fields: Mapping[str, Any]) -> bool:
        """Write these values into an active row. False where it is no longer active."""
        ...

    def record(self, event: Event) -> None:
        """Append to the timeline. started, succeeded and failed of a phase are kept once."""
        ...

    def has_begun(self, operation_id: str) -> bool:
        """Whether the operation's timeline has an event."""
        ...

    def running_operations(self) -> list[Operation]:
        """Those of all users that have not ended, oldest first."""
        ...

    def begin_operation(
        self, kind: OperationKind, *, user_id: str, endpoint_name: str, deployment_id: str
    ) -> str:
        """Insert an operation that no user has asked for; its id.

        The user and the deployment may be gone.
        """
        ...

    def end_operation(
        self, operation_id: str, to: OperationStatus, failure: Failure | None = None
    ) -> None:
        """Record how it ended; a second end changes nothing."""
        ...

    def undo_update(self, operation_id: str, failure: Failure) -> Operation | None:
        """End an update that was lost, and begin another that brings back what the row says.

        Its operation, which is to be started; None where the lost one has changed nothing, was
        such an operation itself, or its deployment is gone.
        """
        ...

    def record_traffic(
        self,
        endpoint_name: str,
        traffic: Mapping[str, int],
        mirror: Mapping[str, int],
        operation_id: str | None = None,
    ) -> None:
        """Keep the endpoint's traffic as it was last seen in the cloud.

        A change is kept as a move, of the operation where one has made it. What another deployment
        has replaced gets its time to sleep; what serves again loses it.
        """
        ...

    def begin_due(self) -> list[Operation]:
        """Put to sleep or delete the deployments whose time is over.

        Their operations, which are to be started.
        """
        ...

    def batch(self, batch_id: str) -> Batch | None:
        """None where there is no such batch."""
        ...

    def take_turn(self, batch_id: str, lane: int, turn: int) -> DeploymentRow | None:
        """Give the batch's next waiting deployment its turn; None where none waits.

        The same lane and turn get the same deployment again.
        """
        ...

    def skip_waiting(self, batch_id: str, failure: Failure) -> int:
        """Fail what of the batch has not begun, for this reason; how many those were."""
        ...

    def deploying(self) -> list[DeploymentRow]:
        """Rows of all users."""
        ...

    def active(self) -> list[DeploymentRow]:
        """Rows of all users."""
        ...

    def others_on(self, endpoint_name: str, deployment_id: str) -> list[DeploymentRow]:
        """The other deploying, active and sleeping rows on this endpoint, newest first."""
        ...

    def rename_endpoint(self, deployment_id: str, endpoint_name: str) -> None:
        """Give a deploying row another endpoint name, and claim it.

        Raises Conflict endpoint_name_taken.
        """
        ...

    def living(self, deployment_ids: Sequence[str]) -> set[str]:
        """Those of the ids whose cloud resources stay.

        Their row is deploying or active, or has failed and is kept for its log.
        """
        ...

    def apply_limits(self, limits: Limits) -> None:
        """Make the database enforce these limits."""
        ...

    def keep_scan(self, user_id: str, content: str, scan: Scan) -> None:
        """Keep the verdict on the user's file with this content."""
        ...

    def keep_model_memory(self, model_id: str, memory_mb: int) -> None:
        """Keep how much memory converting the model's present file took, in MB.

        Does nothing where the model is gone.
        """
        ...

    def instance_types(self) -> Catalogue:
        """The sizes on offer, the default first, then by family and cores."""
        ...

    def keep_instance_types(self, region: str, found: Sequence[InstanceType]) -> int:
        """Keep which sizes the region offers, and its prices; how many are on offer then.

        What is missing in `found` is not on offer any more; prices of other regions stay. With
        nothing found, nothing changes.
        """
        ...

    def project(self) -> str:
        """The id of this database, which is in the marks of resources whose deployments it has."""
        ...
