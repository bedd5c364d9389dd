"""Port Records: all rows, with the secret key. For activities and the sweeper."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from pydantic import BaseModel, ValidationError
from pydantic_core import to_jsonable_python

from shared.adapters.supabase.calls import Asker, data_of
from shared.adapters.supabase.connection import connection_to
from shared.adapters.supabase.file_paths import own_path
from shared.adapters.supabase.text import (
    DETAIL_BYTES,
    MESSAGE_BYTES,
    storable,
    storable_failure,
    storable_scan,
)
from shared.config import Settings
from shared.domain.batch import Batch
from shared.domain.catalogue import Catalogue, InstanceType
from shared.domain.deployment import DeploymentRow, Limits
from shared.domain.failure import Failure
from shared.domain.model import TrainedModel
from shared.domain.operation import Operation, OperationKind, OperationStatus
from shared.domain.status import Status
from shared.domain.timeline import Event
from shared.domain.trained_model import Scan
from shared.errors.requests import DeploymentNotFound, ModelNotFound

if TYPE_CHECKING:
    from supabase import Client

PAGE = 500
"""Rows a request; hosted projects give at most 1000."""
IDS = 100
"""Ids a request."""
NIL = "00000000-0000-0000-0000-000000000000"
Row = TypeVar("Row", bound=BaseModel)

log = structlog.get_logger()


class SupabaseRecords:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _client(self) -> "Client":
        return connection_to(self._settings).as_service()

    def deployment(self, deployment_id: str) -> DeploymentRow | None:
        rows = self._data(self._rows.eq("id", deployment_id))
        return DeploymentRow.model_validate(rows[0]) if rows else None

    def trained_model(self, model_id: str, user_id: str) -> TrainedModel:
        rows = self._data(
            self._client.table("trained_models")
            .select("id,user_id,model_name,algorithm,file_path,metadata")
            .eq("id", model_id)
            .eq("user_id", user_id)
        )
        if not rows:
            raise ModelNotFound(model_id)
        row = rows[0]
        metadata = row["metadata"] if isinstance(row["metadata"], dict) else {}
        model = TrainedModel.model_validate({**row, "metadata": metadata})
        own_path(model.file_path, owner=user_id)
        return model

    def move(
        self, deployment_id: str, to: Status, *, failure: Failure | None = None, **fields: Any
    ) -> bool:
        if failure:
            fields["error_message"] = storable(failure.as_text, MESSAGE_BYTES)
            fields["error"] = storable_failure(failure)
        moved = self._call(
            "move_deployment",
            deployment_id=deployment_id,
            to_status=to,
            fields=to_jsonable_python(fields),
        )
        return bool(moved)

    def keep_update(self, deployment_id: str, fields: Mapping[str, Any]) -> bool:
        kept = to_jsonable_python(dict(fields))
        return bool(self._call("keep_update", deployment_id=deployment_id, fields=kept))

    def record(self, event: Event) -> None:
        try:
            self._call(
                "record_event",
                deployment_id=event.deployment_id,
                phase=event.phase,
                status=event.status,
                message=storable(event.message, MESSAGE_BYTES),
                detail=event.detail and storable(event.detail, DETAIL_BYTES, keep_end=True),
                error=event.error and storable_failure(event.error),
                operation_id=event.operation_id,
            )
        except DeploymentNotFound:
            # Its user's account was removed; tearing down what still runs must not stop here.
            log.warning("event_without_deployment", deployment_id=event.deployment_id)

    def has_begun(self, operation_id: str) -> bool:
        query = self._client.table("deployment_events").select("id")
        return bool(self._data(query.eq("operation_id", operation_id).limit(1)))

    def running_operations(self) -> list[Operation]:
        return _readable(Operation, self._call("running_operations"))

    def begin_operation(
        self, kind: OperationKind, *, user_id: str, endpoint_name: str, deployment_id: str
    ) -> str:
        begun = self._call(
            "begin_operation",
            user_id=user_id,
            kind=kind,
            endpoint_name=endpoint_name,
            deployment_id=deployment_id,
        )
        return str(begun)

    def end_operation(
        self, operation_id: str, to: OperationStatus, failure: Failure | None = None
    ) -> None:
        self._call(
            "end_operation",
            operation_id=operation_id,
            to_status=to,
            error=failure and storable_failure(failure),
        )

    def undo_update(self, operation_id: str, failure: Failure) -> Operation | None:
        begun = self._call(
            "undo_update", operation_id=operation_id, error=storable_failure(failure)
        )
        return Operation.model_validate(begun[0]) if begun else None

    def record_traffic(
        self,
        endpoint_name: str,
        traffic: Mapping[str, int],
        mirror: Mapping[str, int],
        operation_id: str | None = None,
    ) -> None:
        self._call(
            "record_traffic",
            endpoint_name=endpoint_name,
            traffic=dict(traffic),
            mirror=dict(mirror),
            operation_id=operation_id,
        )

    def begin_due(self) -> list[Operation]:
        return _readable(Operation, self._call("begin_due"))

    def batch(self, batch_id: str) -> Batch | None:
        found = self._call("find_batch", batch_id=batch_id)
        return None if found is None else Batch.model_validate(found)

    def take_turn(self, batch_id: str, lane: int, turn: int) -> DeploymentRow | None:
        row = self._call("take_turn", batch_id=batch_id, lane=lane, turn=turn)
        return None if row is None else DeploymentRow.model_validate(row)

    def skip_waiting(self, batch_id: str, failure: Failure) -> int:
        error = storable_failure(failure)
        return int(self._call("skip_waiting", batch_id=batch_id, error=error))

    def deploying(self) -> list[DeploymentRow]:
        return self._all(lambda: self._rows.eq("status", Status.DEPLOYING))

    def active(self) -> list[DeploymentRow]:
        return self._all(lambda: self._rows.eq("status", Status.ACTIVE))

    def others_on(self, endpoint_name: str, deployment_id: str) -> list[DeploymentRow]:
        rows = self._call("living_on_endpoint", endpoint_name=endpoint_name)
        return _readable(DeploymentRow, [row for row in rows if row["id"] != deployment_id])

    def rename_endpoint(self, deployment_id: str, endpoint_name: str) -> None:
        self._call("rename_endpoint", deployment_id=deployment_id, endpoint_name=endpoint_name)

    def living(self, deployment_ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for start in range(0, len(deployment_ids), IDS):
            found.update(self._call("living_of", ids=deployment_ids[start : start + IDS]))
        return found

    def apply_limits(self, limits: Limits) -> None:
        self._call("apply_limits", **limits.model_dump())

    def keep_scan(self, user_id: str, content: str, scan: Scan) -> None:
        self._call(
            "keep_scan",
            user_id=user_id,
            content=content,
            scanner=scan.scanner,
            verdict=storable_scan(scan),
        )

    def keep_model_memory(self, model_id: str, memory_mb: int) -> None:
        self._call("keep_model_memory", model_id=model_id, memory_mb=memory_mb)

    def instance_types(self) -> Catalogue:
        query = self._client.table("instance_types").select("*").eq("offered", True)
        rows = self._data(query.order("is_default", desc=True).order("family").order("cores"))
        return Catalogue(InstanceType.model_validate(row) for row in rows)

    def keep_instance_types(self, region: str, found: Sequence[InstanceType]) -> int:
        sizes = [size.model_dump(mode="json", exclude={"is_default"}) for size in found]
        return int(self._call("keep_instance_types", region=region, sizes=sizes))

    def project(self) -> str:
        return str(self._call("project_id"))

    @property
    def _rows(self) -> Any:
        return self._client.table("deployments").select("*")

    def _all(self, query: Callable[[], Any]) -> list[DeploymentRow]:
        """Every row of this query, fetched page by page in the order of ids."""
        found: list[DeploymentRow] = []
        last = NIL
        while True:
            rows = self._data(query().gt("id", last).order("id").limit(PAGE))
            found.extend(_readable(DeploymentRow, rows))
            if len(rows) < PAGE:
                return found
            last = rows[-1]["id"]

    def _call(self, function: str, **arguments: Any) -> Any:
        return self._data(self._client.rpc(function, arguments))

    def _data(self, query: Any) -> Any:
        return data_of(query, Asker.SERVICE)


def _readable(model: type[Row], rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The rows as this model. One that cannot be read is logged and left out: the others belong to
    other users.
    """
    found: list[Row] = []
    for row in rows:
        try:
            found.append(model.model_validate(row))
        except ValidationError:
            log.exception("row_unreadable", of=model.__name__, id=row.get("id"))
    return found
