"""Port UserTemplates: one user's templates, read and changed with that user's own token."""

from shared.adapters.supabase.calls import UserCalls
from shared.domain.template import Template, TemplateList, TemplateRequest, sent
from shared.errors.requests import TemplateNotFound


class SupabaseUserTemplates(UserCalls):
    """Reads go to the table, changes through functions of the database."""

    def templates(self) -> TemplateList:
        rows = self._data(self._client.table("templates").select("*").order("name"))
        return TemplateList(
            templates=[Template.model_validate(row) for row in rows], total=len(rows)
        )

    def template(self, template_id: str) -> Template:
        rows = self._data(self._client.table("templates").select("*").eq("id", template_id))
        if not rows:
            raise TemplateNotFound(template_id)
        return Template.model_validate(rows[0])

    def save(self, wanted: TemplateRequest, template_id: str | None = None) -> Template:
        saved = self._call(
            "save_template",
            name=wanted.name,
            settings=sent(wanted.settings),
            template_id=template_id,
        )
        return Template.model_validate(saved)

    def remove(self, template_id: str) -> None:
        self._call("remove_template", template_id=template_id)
