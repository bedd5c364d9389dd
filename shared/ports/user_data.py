"""The port to one user's rows."""

from typing import Any, Protocol

from shared.domain.deployment import (
    Deleted,
    DeploymentPage,
    DeploymentQuery,
    DeploymentRow,
    DeploymentSpec,
    Requested,
)
from shared.domain.deployment_view import DeploymentStats
from shared.domain.endpoint_view import (
    EndpointQuery,
    KnownEndpoints,
    KnownRevisions,
    RunningOperation,
)
from shared.domain.estimate import EstimateFacts
from shared.domain.failure import Failure
from shared.domain.operation import Begun, Operation, OperationKind
from shared.domain.timeline import Event
from shared.domain.update import Updated


class UserData(Protocol):
    """One user's rows, reached with that user's own token: row level security decides."""

    def count_request(self) -> None:
        """Count one request of this user.

        Raises TooMany too_many_requests where those of this minute are used up.
        """
        ...

    def request_deployment(
        self,
        deployment_id: str,
        spec: DeploymentSpec,
        *,
        idempotency_key: str | None,
        body_hash: str,
        retry_of: str | None = None,
    ) -> Requested:
        """Insert row and operation, atomically with limits, idempotency and the name's claim.

        Raises NotFound model_not_found; Conflict endpoint_name_taken, deployment_name_taken,
        idempotency_key_reused; TooMany too_many_deploying, too_many_active.
        """
        ...

    def deployments(self, query: DeploymentQuery) -> DeploymentPage:
        """A page of those that were not deleted, newest first."""
        ...

    def stats(self) -> DeploymentStats:
        """Counts by status, deleted ones included in the total."""
        ...

    def limits(self) -> dict[str, int]:
        """The user's limits and what is used of them, by the names of UserLimits."""
        ...

    def deployment(self, deployment_id: str) -> DeploymentRow:
        """Raises NotFound, for another user's and for a deleted one too."""
        ...

    def events(self, deployment_id: str) -> list[Event]:
        """The deployment's timeline, oldest first."""
        ...

    def estimate_facts(self, model_id: str) -> EstimateFacts:
        """What is known of this model, and how long runs take. Raises NotFound model_not_found."""
        ...

    def abandon_deployment(self, deployment_id: str, failure: Failure) -> None:
        """Fail a deployment, and its operation, whose orchestration could not be started."""
        ...

    def delete_deployment(self, deployment_id: str) -> Deleted:
        """Delete it softly. Raises NotFound, also when it is deleted already."""
        ...

    def request_operation(self, deployment_id: str, kind: OperationKind) -> str:
        """Insert an operation on an active deployment; its id.

        Raises NotFound; Conflict not_active, rotation_running.
        """
        ...

    def request_change(
        self,
        kind: OperationKind,
        deployment_id: str,
        *,
        input: dict[str, Any] | None = None,
        seen: int | None = None,
    ) -> Begun:
        """Insert an operation on the endpoint of this deployment; it may move the row.

        `seen`: the endpoint's version that the caller knows. Raises NotFound; Conflict not_active,
        not_asleep, operation_running, release_running, traffic_changed; TooMany.
        """
        ...

    def update_deployment(self, deployment_id: str, fields: dict[str, Any]) -> Updated:
        """Change the row, and insert an operation where the cloud has to change; or neither.

        Raises NotFound; Conflict not_active, operation_running.
        """
        ...

    def endpoints(self, query: EndpointQuery) -> KnownEndpoints:
        """A page of the user's endpoints, by name."""
        ...

    def endpoint(self, name: str) -> KnownRevisions:
        """Raises NotFound endpoint_not_found, for another user's too."""
        ...

    def abandon_operation(self, operation_id: str, failure: Failure) -> None:
        """Fail an operation whose orchestration could not be started."""
        ...

    def operation(self, operation_id: str) -> Operation:
        """Raises NotFound, for another user's too."""
        ...

    def operations_on(self, endpoint_name: str) -> list[RunningOperation]:
        """Those that run on the endpoint and its deployments, the oldest first; at most 20."""
        ...

    def operation_events(self, operation: Operation) -> list[Event]:
        """The operation's timeline, oldest first."""
        ...
