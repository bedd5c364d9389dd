"""Two users of one database, for suites of the ports that are one user's."""

from dataclasses import dataclass
from typing import Protocol

from shared.adapters.supabase.records import SupabaseRecords
from shared.adapters.supabase.user_batches import SupabaseUserBatches
from shared.adapters.supabase.user_data import SupabaseUserData
from shared.adapters.supabase.user_templates import SupabaseUserTemplates
from shared.ports.user_batches import UserBatches
from shared.ports.user_data import UserData
from shared.ports.user_templates import UserTemplates
from tests.support.data import Person, Project
from tests.support.records_world import Memory, PostgreSQL, RecordsWorld
from tests.support.user_batches_fake import UserBatchesFake
from tests.support.user_data_fake import UserDataFake
from tests.support.user_templates_fake import UserTemplatesFake


@dataclass(frozen=True)
class User:
    """One of the two, with the ports over that one's rows."""

    id: str
    model_id: str
    data: UserData
    batches: UserBatches
    templates: UserTemplates


class UserWorld(Protocol):
    @property
    def database(self) -> RecordsWorld: ...

    @property
    def ada(self) -> User: ...

    @property
    def bob(self) -> User: ...


class InMemory:
    def __init__(self) -> None:
        self.database = Memory()
        self.ada, self.bob = self._user(), self._user()

    def _user(self) -> User:
        user_id, model_id = self.database.new_user()
        data = UserDataFake(self.database.records, user_id)
        return User(user_id, model_id, data.port, UserBatchesFake(data), UserTemplatesFake())


class InPostgreSQL:
    def __init__(self, project: Project, ada: Person, bob: Person) -> None:
        self.database = PostgreSQL(SupabaseRecords(project.settings), project.database)
        self.ada, self.bob = (_user(project, person) for person in (ada, bob))


def _user(project: Project, person: Person) -> User:
    known = (project.settings, person.principal)
    ports = (SupabaseUserData(*known), SupabaseUserBatches(*known), SupabaseUserTemplates(*known))
    return User(person.id, person.model_id, *ports)
