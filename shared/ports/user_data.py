"""One user's rows."""

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
        """TooMany too_many_requests when this user's requests of the last minute are used up."""
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

        NotFound model_not_found; Conflict endpoint_name_taken, deployment_name_taken,
        idempotency_key_reused; TooMany too_many_deploying, too_many_active.
        """
        ...

    def deployments(self, query: DeploymentQuery) -> DeploymentPage: ...

    def stats(self) -> DeploymentStats: ...

    def limits(self) -> dict[str, int]:
        """Limits and use, by the names of UserLimits."""
        ...

    def deployment(self, deployment_id: str) -> DeploymentRow:
        """NotFound; so is another user's, and a deleted one."""
        ...

    def events(self, deployment_id: str) -> list[Event]:
        """Oldest first."""
        ...

    def estimate_facts(self, model_id: str) -> EstimateFacts:
        """NotFound model_not_found."""
        ...

    def abandon_deployment(self, deployment_id: str, failure: Failure) -> None:
        """The orchestration could not be started: row and operation become failed."""
        ...

    def delete_deployment(self, deployment_id: str) -> Deleted:
        """Soft delete. NotFound, also when it is deleted already."""
        ...

    def request_operation(self, deployment_id: str, kind: OperationKind) -> str:
        """The id of a new operation on an active deployment.

        NotFound; Conflict not_active, rotation_running.
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
        """A new operation on the endpoint of this deployment; it may move the row.

        `seen`: the endpoint's version that the caller knows. NotFound; Conflict not_active,
        not_asleep, operation_running, release_running, traffic_changed; TooMany.
        """
        ...

    def update_deployment(self, deployment_id: str, fields: dict[str, Any]) -> Updated:
        """What only the row holds is changed; for the rest an operation begins, or nothing happens.

        NotFound; Conflict not_active, operation_running.
        """
        ...

    def endpoints(self, query: EndpointQuery) -> KnownEndpoints: ...

    def endpoint(self, name: str) -> KnownRevisions:
        """NotFound endpoint_not_found; so is another user's."""
        ...

    def abandon_operation(self, operation_id: str, failure: Failure) -> None:
        """Its orchestration could not be started: the operation becomes failed."""
        ...

    def operation(self, operation_id: str) -> Operation:
        """NotFound; so is another user's."""
        ...

    def operations_on(self, endpoint_name: str) -> list[RunningOperation]:
        """What runs on the endpoint and its deployments, the oldest first; at most 20."""
        ...

    def operation_events(self, operation: Operation) -> list[Event]:
        """Oldest first."""
        ...
