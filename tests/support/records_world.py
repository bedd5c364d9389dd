"""The two worlds of the Records suite: rows in memory, and rows of the local PostgreSQL."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol
from uuid import UUID, uuid4

from shared.adapters.supabase.records import SupabaseRecords
from shared.domain.deployment import Limits
from shared.domain.model import TrainedModel
from shared.domain.operation import Operation
from shared.domain.status import Status
from shared.domain.timeline import Event
from shared.ports.records import Records
from tests.support.data import Database
from tests.support.records import NOW, row
from tests.support.records_fake import RecordsFake


class RecordsWorld(Protocol):
    """What a test does to the rows beside the port, and sees of them."""

    @property
    def records(self) -> Records: ...

    def new_user(self) -> tuple[str, str]:
        """A user, and the model `Iris classifier` of that user's; their ids."""
        ...

    def new_deployment(self, user_id: str, model_id: str, **columns: Any) -> str:
        """A row, by default `blue` in flight on an endpoint of its own, and its operation."""
        ...

    def placing(self, model_id: str, file_path: str) -> AbstractContextManager[None]:
        """The model's file is said to be there, as in a database that does not check paths."""
        ...

    def operation(self, operation_id: str) -> Operation: ...

    def timeline(self, deployment_id: str) -> list[Event]: ...

    def traffic(self, endpoint_name: str) -> dict[str, int] | None:
        """As it was recorded; None where there is no such endpoint."""
        ...

    def scans(self, user_id: str) -> dict[str, str]:
        """Content to verdict."""
        ...

    def limits(self) -> Limits | None: ...


class Memory:
    def __init__(self) -> None:
        self.records = RecordsFake()

    def new_user(self) -> tuple[str, str]:
        user_id, model_id = str(uuid4()), str(uuid4())
        self.records.users.add(user_id)
        self.records.models[model_id] = TrainedModel(
            id=model_id,
            user_id=user_id,
            model_name="Iris classifier",
            file_path=f"{user_id}/model.joblib",
        )
        return user_id, model_id

    def new_deployment(self, user_id: str, model_id: str, **columns: Any) -> str:
        ids = {"id": str(uuid4()), "user_id": user_id, "model_id": model_id}
        endpoint_name = f"endpoint-{uuid4().hex[:12]}"
        if columns.get("status") == Status.DELETED:
            columns.setdefault("deleted_at", NOW)
        made = row(**{**ids, "endpoint_name": endpoint_name, **columns})
        self.records.insert(made)
        return made.id

    @contextmanager
    def placing(self, model_id: str, file_path: str) -> Iterator[None]:
        found = self.records.models[model_id]
        self.records.models[model_id] = found.model_copy(update={"file_path": file_path})
        yield

    def operation(self, operation_id: str) -> Operation:
        return self.records.operations[operation_id]

    def timeline(self, deployment_id: str) -> list[Event]:
        return [each for each in self.records.timeline if each.deployment_id == deployment_id]

    def traffic(self, endpoint_name: str) -> dict[str, int] | None:
        return self.records.traffic.get(endpoint_name.lower())

    def scans(self, user_id: str) -> dict[str, str]:
        kept = self.records.scans
        return {
            content: scan.verdict for (owner, content), scan in kept.items() if owner == user_id
        }

    def limits(self) -> Limits | None:
        return self.records.limits


class PostgreSQL:
    def __init__(self, records: SupabaseRecords, database: Database) -> None:
        self.records, self.database = records, database

    def new_user(self) -> tuple[str, str]:
        user_id = self.database.new_user()
        return user_id, self.database.new_model(user_id)

    def new_deployment(self, user_id: str, model_id: str, **columns: Any) -> str:
        made = self.database.new_deployment(user_id, model_id, **columns)
        self.database.run(
            """with begun as (
                 insert into public.operations (id, user_id, kind, endpoint_name, deployment_id)
                 select d.id, d.user_id, 'deploy', lower(d.endpoint_name), d.id
                   from public.deployments d where d.id = %s and d.status = 'deploying')
               select slipway.keep_endpoint(lower(d.endpoint_name), d.user_id)
                 from public.deployments d where d.id = %s""",
            made,
            made,
        )
        return made

    @contextmanager
    def placing(self, model_id: str, file_path: str) -> Iterator[None]:
        run, rule = self.database.run, "trained_models_own_file"
        run(f"alter table public.trained_models drop constraint {rule}")
        try:
            run(
                "update public.trained_models set file_path = %s where id = %s", file_path, model_id
            )
            yield
        finally:
            run("delete from public.trained_models where id = %s", model_id)
            run(
                f"alter table public.trained_models add constraint {rule}"
                " check (slipway.is_own_file(file_path, user_id))"
            )

    def operation(self, operation_id: str) -> Operation:
        found = self.database.run("select * from public.operations where id = %s", operation_id)
        return Operation.model_validate(_texts(found[0]))

    def timeline(self, deployment_id: str) -> list[Event]:
        found = self.database.run(
            "select * from public.deployment_events where deployment_id = %s order by id",
            deployment_id,
        )
        return [Event.model_validate(_texts(each)) for each in found]

    def traffic(self, endpoint_name: str) -> dict[str, int] | None:
        found = self.database.run(
            "select traffic from public.endpoints where name = lower(%s)", endpoint_name
        )
        return found[0]["traffic"] if found else None

    def scans(self, user_id: str) -> dict[str, str]:
        found = self.database.run(
            "select content, verdict ->> 'verdict' as verdict from public.model_scans"
            " where user_id = %s",
            user_id,
        )
        return {each["content"]: each["verdict"] for each in found}

    def limits(self) -> Limits | None:
        return Limits.model_validate(
            self.database.run("select * from slipway.deployment_limits")[0]
        )


def _texts(found: dict[str, Any]) -> dict[str, Any]:
    """A row as the REST API gives it: ids are texts."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in found.items()}
