"""Port UserModels: one user's models, read and changed with that user's own token."""

from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.adapters.supabase.connection import connection_to
from shared.adapters.supabase.cursor import Cursor
from shared.adapters.supabase.file_refusals import MODELS
from shared.adapters.supabase.files import replies_of_storage
from shared.adapters.supabase.patience import within
from shared.adapters.supabase.refusals import ModelNotFound
from shared.adapters.supabase.replies import Asker, data_of
from shared.config import Settings
from shared.domain.deadline import Deadline
from shared.domain.trained_model import ModelPage, ModelQuery, ModelRow, RegisterModel
from shared.identity.tokens import Principal

if TYPE_CHECKING:
    from supabase import Client


class SupabaseUserModels:
    """All calls together keep the deadline; without one, each has the settings' patience."""

    def __init__(
        self, settings: Settings, principal: Principal, deadline: Deadline | None = None
    ) -> None:
        self._settings, self._principal, self._deadline = settings, principal, deadline

    @cached_property
    def _client(self) -> "Client":
        return connection_to(self._settings).as_user(self._principal.token)

    def models(self, query: ModelQuery) -> ModelPage:
        after = Cursor.decode(query.cursor) if query.cursor else None
        found = self._call(
            "list_models",
            search=query.search,
            page_size=query.limit,
            cursor_created_at=after and after.created_at.isoformat(),
            cursor_id=after and str(after.id),
        )
        page = ModelPage.model_validate(found)
        if found["more"]:
            last = page.models[-1]
            page.next_cursor = Cursor(last.created_at, UUID(last.id)).encode()
        return page

    def model(self, model_id: str) -> ModelRow:
        rows = self._data(self._client.table("model_rows").select("*").eq("id", model_id))
        if not rows:
            raise ModelNotFound(model_id)
        return ModelRow.model_validate(rows[0])

    def register(self, wanted: RegisterModel) -> str:
        return str(self._call("register_model", **wanted.model_dump()))

    def rename(self, model_id: str, name: str) -> None:
        self._call("rename_model", model_id=model_id, model_name=name)

    def remove(self, model_id: str) -> str | None:
        path: str | None = self._call("remove_model", model_id=model_id)
        return path

    def remove_file(self, file_path: str) -> None:
        with within(self._deadline), replies_of_storage(missing=None, asker=Asker.USER):
            self._client.storage.from_(MODELS).remove([file_path])

    def _call(self, function: str, **arguments: Any) -> Any:
        return self._data(self._client.rpc(function, arguments))

    def _data(self, query: Any) -> Any:
        with within(self._deadline):
            return data_of(query, Asker.USER)
