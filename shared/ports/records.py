"""All rows."""

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

    def deployment(self, deployment_id: str) -> DeploymentRow | None: ...

    def trained_model(self, model_id: str, user_id: str) -> TrainedModel:
        """NotFound model_not_found."""
        ...

    def move(
        self, deployment_id: str, to: Status, *, failure: Failure | None = None, **fields: Any
    ) -> bool:
        """One conditional update: status and columns together. False where the move is illegal.

        `failure` is kept as a value and as text. The deployment's operation ends with it.
        """
        ...

    def keep_update(self, deployment_id: str, fields: Mapping[str, Any]) -> bool:
        """An active row has these values now. False where it is no longer active."""
        ...

    def record(self, event: Event) -> None:
        """Append to the timeline. started, succeeded and failed of a phase are kept once."""
        ...

    def has_begun(self, operation_id: str) -> bool:
        """The operation's timeline has an event."""
        ...

    def running_operations(self) -> list[Operation]:
        """Oldest first, of all users."""
        ...

    def begin_operation(
        self, kind: OperationKind, *, user_id: str, endpoint_name: str, deployment_id: str
    ) -> str:
        """The id of an operation that no user has asked for; user and deployment may be gone."""
        ...

    def end_operation(
        self, operation_id: str, to: OperationStatus, failure: Failure | None = None
    ) -> None:
        """Ends it once; a second end changes nothing."""
        ...

    def undo_update(self, operation_id: str, failure: Failure) -> Operation | None:
        """End an update that was lost; the operation to what the row says, to be started.

        None where it has changed nothing, was such an operation itself, or nothing is left of it.
        """
        ...

    def record_traffic(
        self,
        endpoint_name: str,
        traffic: Mapping[str, int],
        mirror: Mapping[str, int],
        operation_id: str | None = None,
    ) -> None:
        """Remember the endpoint's traffic as it was last seen in the cloud.

        A change is kept as a move, of the operation where one has made it. What another deployment
        has replaced gets its time to sleep; what serves again loses it.
        """
        ...

    def begin_due(self) -> list[Operation]:
        """Deployments that expire or were replaced move on; their operations, to be started."""

    def batch(self, batch_id: str) -> Batch | None: ...

    def take_turn(self, batch_id: str, lane: int, turn: int) -> DeploymentRow | None:
        """The batch's next deployment that waits, whose turn it is from now on; None: none waits.

        The same lane and turn get the same one again.
        """
        ...

    def skip_waiting(self, batch_id: str, failure: Failure) -> int:
        """What of the batch has not begun fails for this reason; how many."""
        ...

    def deploying(self) -> list[DeploymentRow]: ...

    def active(self) -> list[DeploymentRow]: ...

    def others_on(self, endpoint_name: str, deployment_id: str) -> list[DeploymentRow]:
        """Deploying, active or sleeping rows there but this one; newest first."""
        ...

    def rename_endpoint(self, deployment_id: str, endpoint_name: str) -> None:
        """Another name for a deploying row, claim included; Conflict endpoint_name_taken."""
        ...

    def living(self, deployment_ids: Sequence[str]) -> set[str]:
        """Those of the ids whose row is deploying or active, or failed and kept for its log."""
        ...

    def apply_limits(self, limits: Limits) -> None:
        """Make the database enforce these limits."""
        ...

    def keep_scan(self, user_id: str, content: str, scan: Scan) -> None:
        """Remember what the scan says of this content of the user's."""
        ...

    def keep_model_memory(self, model_id: str, memory_mb: int) -> None:
        """Remember what the model's file, as it is now, has needed; a model may be gone."""
        ...

    def instance_types(self) -> Catalogue:
        """Those on offer, the default first, then by family and cores."""
        ...

    def keep_instance_types(self, region: str, found: Sequence[InstanceType]) -> int:
        """Remember what the region offers, and its prices. How many are on offer then.

        What is missing in `found` is not on offer any more; prices of other regions stay. With
        nothing found, nothing changes.
        """
        ...

    def project(self) -> str:
        """The id of this database: it marks resources whose deployments it knows."""
        ...
