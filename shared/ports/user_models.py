"""The port to one user's models."""

from typing import Protocol

from shared.domain.trained_model import ModelPage, ModelQuery, ModelRow, RegisterModel


class UserModels(Protocol):
    """One user's models, reached with that user's own token: row level security decides."""

    def models(self, query: ModelQuery) -> ModelPage:
        """A page of them, newest first."""
        ...

    def model(self, model_id: str) -> ModelRow:
        """Raises NotFound model_not_found, for another user's too."""
        ...

    def register(self, wanted: RegisterModel) -> str:
        """Make a model of an uploaded file; its id.

        Raises ModelRefused model_file_foreign, model_file_missing.
        """
        ...

    def rename(self, model_id: str, name: str) -> None:
        """Give it another name. Raises NotFound model_not_found."""
        ...

    def remove(self, model_id: str) -> str | None:
        """Remove the row; the path of its file, or None where another model has the same file.

        Raises NotFound; Conflict model_in_use.
        """
        ...

    def remove_file(self, file_path: str) -> None:
        """Remove a file from the bucket `models`; one that is missing is success."""
        ...
