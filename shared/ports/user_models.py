"""One user's models."""

from typing import Protocol

from shared.domain.trained_model import ModelPage, ModelQuery, ModelRow, RegisterModel


class UserModels(Protocol):
    """One user's models, reached with that user's own token: row level security decides."""

    def models(self, query: ModelQuery) -> ModelPage: ...

    def model(self, model_id: str) -> ModelRow:
        """NotFound model_not_found; so is another user's."""
        ...

    def register(self, wanted: RegisterModel) -> str:
        """The id. ModelRefused model_file_foreign, model_file_missing."""
        ...

    def rename(self, model_id: str, name: str) -> None:
        """NotFound model_not_found."""
        ...

    def remove(self, model_id: str) -> str | None:
        """The path of its file where no other model has it. NotFound; Conflict model_in_use."""
        ...

    def remove_file(self, file_path: str) -> None:
        """Missing is success."""
        ...
