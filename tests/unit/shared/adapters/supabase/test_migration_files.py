"""The migrations as files: named, headed, and in one voice with the code that reads them."""

import re
from pathlib import Path

import pytest

from shared.adapters.supabase.database_errors import ERRORS

FILES = sorted((Path(__file__).parents[5] / "supabase" / "migrations").glob("*"))
SQL = {file.name: file.read_text() for file in FILES}
PROGRAMMING_ERRORS = {"illegal_move", "identity_is_fixed", "unknown_fields"}
"""Raised to a programmer who writes past the functions; no user can cause them."""


@pytest.mark.parametrize("name", SQL)
def test_a_migration_says_why_whether_it_is_safe_online_how_to_undo_it_and_who_may_see(
    name: str,
) -> None:
    assert re.fullmatch(r"\d{14}_[a-z]+_[a-z_]+\.sql", name)
    header = SQL[name].split("\n\n")[0]
    for part in ("-- Why: ", "-- Safe online: ", "-- Undo: ", "-- RLS: "):
        assert f"\n{part}" in f"\n{header}"


def test_no_two_migrations_have_the_same_version() -> None:
    versions = [name.partition("_")[0] for name in SQL]
    assert [version for version in versions if versions.count(version) > 1] == []


def test_every_code_that_the_database_refuses_with_has_words_and_the_other_way_round() -> None:
    raised = {code for text in SQL.values() for code in re.findall(r"refuse\(\s*'(\w+)'", text)}
    assert raised - PROGRAMMING_ERRORS == set(ERRORS)


def test_there_is_no_python_package_beside_the_migrations() -> None:
    """It would stand in the way of the library of the same name."""
    assert not (FILES[0].parents[1] / "__init__.py").exists()
