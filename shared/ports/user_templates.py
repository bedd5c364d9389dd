"""One user's templates."""

from typing import Protocol

from shared.domain.template import Template, TemplateList, TemplateRequest


class UserTemplates(Protocol):
    """One user's templates, reached with that user's own token: row level security decides."""

    def templates(self) -> TemplateList:
        """All of them, by name."""
        ...

    def template(self, template_id: str) -> Template:
        """NotFound template_not_found; so is another user's."""
        ...

    def save(self, wanted: TemplateRequest, template_id: str | None = None) -> Template:
        """A new one, or another content of the one that has this id.

        NotFound template_not_found; Conflict template_name_taken, too_many_templates.
        """
        ...

    def remove(self, template_id: str) -> None:
        """NotFound template_not_found."""
        ...
