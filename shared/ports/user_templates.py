"""The port to one user's templates."""

from typing import Protocol

from shared.domain.template import Template, TemplateList, TemplateRequest


class UserTemplates(Protocol):
    """One user's templates, reached with that user's own token: row level security decides."""

    def templates(self) -> TemplateList:
        """All of them, by name."""
        ...

    def template(self, template_id: str) -> Template:
        """Raises NotFound template_not_found, for another user's too."""
        ...

    def save(self, wanted: TemplateRequest, template_id: str | None = None) -> Template:
        """Insert a template, or replace the content of the one that has this id.

        Raises NotFound template_not_found; Conflict template_name_taken, too_many_templates.
        """
        ...

    def remove(self, template_id: str) -> None:
        """Raises NotFound template_not_found."""
        ...
