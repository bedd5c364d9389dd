"""Port UserData: one user's rows, read and changed with that user's own token."""

from typing import Any
from uuid import UUID

from shared.adapters.supabase.calls import UserCalls
from shared.adapters.supabase.cursor import Cursor
from shared.adapters.supabase.text import MESSAGE_BYTES, storable, storable_failure
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
from shared.domain.operation import Begun, Operation, OperationKind, OperationStatus
from shared.domain.status import Status
from shared.domain.timeline import Event
from shared.domain.update import Updated
from shared.errors.requests import DeploymentNotFound, EndpointNotFound, OperationNotFound

MAX_EVENTS = 1000
MAX_RUNNING = 20


class SupabaseUserData(UserCalls):
    """Reads go through views, changes through functions of the database."""

    def count_request(self) -> None:
        self._call("count_request")

    def request_deployment(
        self,
        deployment_id: str,
        spec: DeploymentSpec,
        *,
        idempotency_key: str | None,
        body_hash: str,
        retry_of: str | None = None,
    ) -> Requested:
        made = self._call(
            "request_deployment",
            deployment_id=deployment_id,
            spec=spec.model_dump(mode="json"),
            idempotency_key=idempotency_key,
            body_hash=body_hash,
            retry_of=retry_of,
        )
        return Requested.model_validate(made)

    def deployments(self, query: DeploymentQuery) -> DeploymentPage:
        after = Cursor.decode(query.cursor) if query.cursor else None
        found = self._call(
            "page_deployments",
            status=query.status,
            search=storable(query.search, MESSAGE_BYTES) if query.search else None,
            page_size=query.limit,
            cursor_created_at=after and after.created_at.isoformat(),
            cursor_id=after and str(after.id),
        )
        page = DeploymentPage.model_validate(found)
        if found["more"]:
            last = page.deployments[-1]
            page.next_cursor = Cursor(last.created_at, UUID(last.id)).encode()
        return page

    def stats(self) -> DeploymentStats:
        rows = self._data(self._client.table("deployment_numbers").select("*"))
        return DeploymentStats.model_validate(rows[0]) if rows else DeploymentStats()

    def limits(self) -> dict[str, int]:
        return dict(self._call("my_limits"))

    def deployment(self, deployment_id: str) -> DeploymentRow:
        query = (
            self._client.table("deployment_rows")
            .select("*")
            .eq("id", deployment_id)
            .neq("status", Status.DELETED)
        )
        rows = self._data(query)
        if not rows:
            raise DeploymentNotFound(deployment_id)
        return DeploymentRow.model_validate(rows[0])

    def events(self, deployment_id: str) -> list[Event]:
        query = (
            self._client.table("deployment_events")
            .select("*")
            .eq("deployment_id", deployment_id)
            .order("id")
            .limit(MAX_EVENTS)
        )
        return [Event.model_validate(row) for row in self._data(query)]

    def estimate_facts(self, model_id: str) -> EstimateFacts:
        return EstimateFacts.model_validate(self._call("estimate_facts", model_id=model_id))

    def abandon_deployment(self, deployment_id: str, failure: Failure) -> None:
        """Also after the request's deadline: what was not started must not stay deploying."""
        self._late("abandon_deployment", deployment_id=deployment_id, failure=failure)

    def delete_deployment(self, deployment_id: str) -> Deleted:
        return Deleted.model_validate(self._call("request_deletion", deployment_id=deployment_id))

    def request_operation(self, deployment_id: str, kind: OperationKind) -> str:
        return str(self._call("request_operation", deployment_id=deployment_id, kind=kind))

    def request_change(
        self,
        kind: OperationKind,
        deployment_id: str,
        *,
        input: dict[str, Any] | None = None,
        seen: int | None = None,
    ) -> Begun:
        asked = {"kind": kind, "deployment_id": deployment_id, "input": input or {}, "seen": seen}
        return Begun.model_validate(self._call("request_change", **asked))

    def update_deployment(self, deployment_id: str, fields: dict[str, Any]) -> Updated:
        changed = self._call("update_deployment", deployment_id=deployment_id, fields=fields)
        return Updated.model_validate(changed)

    def endpoints(self, query: EndpointQuery) -> KnownEndpoints:
        found = self._call(
            "list_endpoints",
            search=storable(query.search, MESSAGE_BYTES) if query.search else None,
            page_size=query.limit,
            after_name=query.cursor,
        )
        return KnownEndpoints.model_validate(found)

    def endpoint(self, name: str) -> KnownRevisions:
        found = self._call("endpoint_detail", endpoint_name=name)
        if found is None or not found["revisions"]:
            raise EndpointNotFound(name)
        return KnownRevisions.model_validate(found)

    def abandon_operation(self, operation_id: str, failure: Failure) -> None:
        """Also after the request's deadline, as abandon_deployment."""
        self._late("abandon_operation", operation_id=operation_id, failure=failure)

    def operation(self, operation_id: str) -> Operation:
        rows = self._data(self._client.table("operations").select("*").eq("id", operation_id))
        if not rows:
            raise OperationNotFound(operation_id)
        return Operation.model_validate(rows[0])

    def operations_on(self, endpoint_name: str) -> list[RunningOperation]:
        query = (
            self._client.table("operations")
            .select("id,kind,deployment_id,started_at")
            .eq("endpoint_name", endpoint_name)
            .eq("status", OperationStatus.RUNNING)
            .order("started_at")
            .limit(MAX_RUNNING)
        )
        return [RunningOperation.model_validate(row) for row in self._data(query)]

    def operation_events(self, operation: Operation) -> list[Event]:
        query = (
            self._client.table("deployment_events")
            .select("*")
            .eq("operation_id", operation.id)
            .order("id")
            .limit(MAX_EVENTS)
        )
        return [Event.model_validate(row) for row in self._data(query)]

    def _late(self, function: str, *, failure: Failure, **arguments: Any) -> None:
        """Call without the request's deadline."""
        fresh = SupabaseUserData(self._settings, self._principal)
        fresh._call(function, error=storable_failure(failure), **arguments)
