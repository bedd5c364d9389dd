"""The port UserTemplates in memory, as tests/contract/data/test_user_templates.py asks."""

from datetime import timedelta
from uuid import uuid4

from shared.domain.template import Template, TemplateList, TemplateRequest, sent
from shared.errors.requests import TemplateNameTaken, TemplateNotFound
from tests.support.records import NOW


class UserTemplatesFake:
    """One user's templates, by id. `failure` is raised instead of telling one."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self._kept: dict[str, Template] = {}

    def templates(self) -> TemplateList:
        found = sorted(self._kept.values(), key=lambda template: template.name)
        return TemplateList(templates=found, total=len(found))

    def template(self, template_id: str) -> Template:
        if self.failure:
            raise self.failure
        if template_id not in self._kept:
            raise TemplateNotFound(template_id)
        return self._kept[template_id]

    def save(self, wanted: TemplateRequest, template_id: str | None = None) -> Template:
        before = self.template(template_id) if template_id else None
        if any(t.name == wanted.name and t.id != template_id for t in self._kept.values()):
            raise TemplateNameTaken(wanted.name)
        saved = Template(
            id=template_id or str(uuid4()),
            name=wanted.name,
            settings=sent(wanted.settings),
            created_at=before.created_at if before else NOW,
            updated_at=before.updated_at + timedelta(seconds=1) if before else NOW,
        )
        self._kept[saved.id] = saved
        return saved

    def remove(self, template_id: str) -> None:
        del self._kept[self.template(template_id).id]
