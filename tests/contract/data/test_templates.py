"""Templates: a user's own, named once, bounded, and nobody else's."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from shared.adapters.supabase.user_templates import SupabaseUserTemplates
from shared.domain.template import MAX_SETTINGS_BYTES, TemplateRequest
from tests.support.data import Database, Person, Project, refused


def wanted(name: str = "small", **settings: Any) -> TemplateRequest:
    return TemplateRequest.model_validate({"name": name, "settings": settings})


@pytest.fixture
def hers(project: Project, ada: Person) -> SupabaseUserTemplates:
    return SupabaseUserTemplates(project.settings, ada.principal)


@pytest.fixture
def his(project: Project, bob: Person) -> SupabaseUserTemplates:
    return SupabaseUserTemplates(project.settings, bob.principal)


def test_the_largest_settings_that_the_api_takes_fit_the_column(
    hers: SupabaseUserTemplates,
) -> None:
    most = {f"V{number:02d}": "\\" * 200 for number in range(30)}
    made = hers.save(wanted(environment_variables=most))
    assert made.settings == {"environment_variables": most}
    with pytest.raises(ValueError, match=f"at most {MAX_SETTINGS_BYTES} bytes"):
        wanted(environment_variables={f"V{n:02d}": "\\" * 250 for n in range(32)})


SAVE = "select public.save_template(%s, %s)"


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("", {}),
        ("x" * 101, {}),
        ("a\x1bb", {}),
        ("x", {"description": "a\x07b"}),
        ("x", {"description": "x" * 17000}),
        ("x", [1]),
    ],
)
def test_what_is_written_past_the_api_has_bounds(
    database: Database, name: str, settings: Any
) -> None:
    with database.as_user(database.new_user()) as connection:
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(SAVE, (name, Jsonb(settings)))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("insert into public.templates (name, settings) values ('a', '{}')")


def test_the_number_of_a_users_templates_is_bounded_also_for_requests_made_at_once(
    database: Database,
) -> None:
    user = database.new_user()
    database.run(
        "insert into public.templates (user_id, name, settings)"
        " select %s, 'n' || n, '{}' from generate_series(1, 47) n",
        user,
    )

    def one(number: int) -> str:
        with database.as_user(user) as connection:
            try:
                connection.execute(SAVE, (f"at once {number}", Jsonb({})))
            except psycopg.errors.RaiseException as failure:
                return str(refused(failure))
            return "made"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(one, range(8)))
    assert outcomes == ["('too_many_templates', {'limit': 50})"] * 5 + ["made"] * 3
