"""Port UserModels: one user's models, read and changed with that user's own token."""

from uuid import UUID

from shared.adapters.supabase.calls import Asker, UserCalls
from shared.adapters.supabase.connection import within
from shared.adapters.supabase.cursor import Cursor
from shared.adapters.supabase.files import MODELS, replies_of_storage
from shared.domain.trained_model import ModelPage, ModelQuery, ModelRow, RegisterModel
from shared.errors.requests import ModelNotFound


class SupabaseUserModels(UserCalls):
    """Reads go through views, changes through functions of the database."""

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
