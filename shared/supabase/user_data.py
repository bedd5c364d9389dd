"""Port UserData: one user's rows, read and changed with that user's own token."""

from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.auth import Principal
from shared.config import Settings
from shared.deadline import Deadline
from shared.lifecycle import Status
from shared.schemas.deployment import (
    DeploymentPage,
    DeploymentQuery,
    DeploymentRow,
    DeploymentStats,
    Event,
    NewDeployment,
    Requested,
)
from shared.supabase.connection import connection_to
from shared.supabase.cursor import Cursor
from shared.supabase.patience import within
from shared.supabase.refusals import DeploymentNotFound
from shared.supabase.replies import Asker, data_of
from shared.supabase.text import MESSAGE_BYTES, storable

if TYPE_CHECKING:
    from supabase import Client

MAX_EVENTS = 1000


class SupabaseUserData:
    """Row level security decides what is seen; a forgotten filter here shows nobody else's rows.

    All calls together keep the deadline; without one, each has the settings' patience.
    """

    def __init__(
        self, settings: Settings, principal: Principal, deadline: Deadline | None = None
    ) -> None:
        self._settings, self._principal, self._deadline = settings, principal, deadline

    @cached_property
    def _client(self) -> "Client":
        return connection_to(self._settings).as_user(self._principal.token)

    def count_request(self) -> None:
        self._call("count_request")

    def request_deployment(
        self, request: NewDeployment, *, idempotency_key: str | None, body_hash: str
    ) -> Requested:
        made = self._call(
            "request_deployment",
            **request.model_dump(),
            idempotency_key=idempotency_key,
            body_hash=body_hash,
        )
        return Requested.model_validate(made)

    def deployments(self, query: DeploymentQuery) -> DeploymentPage:
        after = Cursor.decode(query.cursor) if query.cursor else None
        found = self._call(
            "list_deployments",
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
        rows = self._data(self._client.table("deployment_stats").select("*"))
        return DeploymentStats.model_validate(rows[0]) if rows else DeploymentStats()

    def deployment(self, deployment_id: str) -> DeploymentRow:
        query = (
            self._client.table("deployment_details")
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

    def abandon_deployment(self, deployment_id: str, message: str) -> None:
        """Whatever the request's time: what was not started must not stay deploying."""
        SupabaseUserData(self._settings, self._principal)._call(
            "abandon_deployment",
            deployment_id=deployment_id,
            message=storable(message, MESSAGE_BYTES),
        )

    def delete_deployment(self, deployment_id: str) -> Status:
        return Status(self._call("delete_deployment", deployment_id=deployment_id))

    def _call(self, function: str, **arguments: Any) -> Any:
        return self._data(self._client.rpc(function, arguments))

    def _data(self, query: Any) -> Any:
        with within(self._deadline):
            return data_of(query, Asker.USER)
