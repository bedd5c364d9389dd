"""Applies a folder of SQL migrations as the Supabase CLI does.

Files `<version>_<name>.sql` run in the order of their names, each in one transaction with its
record in `supabase_migrations.schema_migrations`. What is recorded there is not run again.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from devstack.supabase_local.statements import split_statements

_FILE_NAME = re.compile(r"(?P<version>\d+)_(?P<name>.*)\.sql")
_LEDGER = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (
  version text not null primary key,
  statements text[],
  name text
);
"""


class MigrationFailedError(Exception):
    """Says file, line, SQLSTATE and message. The file is rolled back; earlier ones stay."""


class MigrationChangedError(Exception):
    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file.name} was applied already, but has changed since. "
            "Put the change into a new migration, or start with a fresh state."
        )


@dataclass(frozen=True)
class Migration:
    file: Path
    version: str
    name: str
    statements: str


def apply_migrations(conninfo: str, folder: Path) -> list[str]:
    """The names of the files applied now, in order; an empty list when all were applied before.

    Raises FileNotFoundError, MigrationFailedError, MigrationChangedError.
    """
    migrations = read_migrations(folder)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("set client_min_messages = warning")
        connection.execute(_LEDGER)
        applied: dict[str, list[str] | None] = dict(
            connection.execute(
                "select version, statements from supabase_migrations.schema_migrations"
            ).fetchall()
        )
        pending = []
        for migration in migrations:
            if migration.version not in applied:
                pending.append(migration)
            elif applied[migration.version] not in (None, [migration.statements]):
                raise MigrationChangedError(migration.file)
        for migration in pending:
            _apply(connection, migration)
    return [migration.file.name for migration in pending]


def read_migrations(folder: Path) -> list[Migration]:
    """Sorted by name, as they will run. Files of another form are passed over, as the CLI does."""
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder of migrations at {folder}.")
    found = []
    for file in sorted(folder.glob("*.sql")):
        if match := _FILE_NAME.fullmatch(file.name):
            found.append(Migration(file, match["version"], match["name"], file.read_text()))
    return found


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    try:
        with connection.transaction():
            connection.execute("reset all")
            connection.execute("set local client_min_messages = warning")
            # No parameters: a file holds many statements, and a per cent sign means itself.
            connection.execute(sql.SQL(migration.statements))
            connection.execute("reset role")
            connection.execute(
                "insert into supabase_migrations.schema_migrations (version, name, statements)"
                " values (%s, %s, %s)",
                (migration.version, migration.name, [migration.statements]),
            )
    except psycopg.Error as error:
        line = _line_of_failure(connection, migration.statements, error)
        raise MigrationFailedError(_explain(migration, line, error)) from error


def _line_of_failure(connection: psycopg.Connection, text: str, error: psycopg.Error) -> int | None:
    """PostgreSQL says where it cannot parse; else the statements are tried one by one, in vain."""
    if error.diag.statement_position:
        return _line(text, int(error.diag.statement_position) - 1)
    with connection.transaction(force_rollback=True):
        for start, statement in split_statements(text):
            try:
                connection.execute(sql.SQL(statement))
            except psycopg.Error as again:
                return _line(text, start) if again.sqlstate == error.sqlstate else None
    return None


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _explain(migration: Migration, line: int | None, error: psycopg.Error) -> str:
    place = migration.file.name + (f", line {line}" if line else "")
    lines = [f"{place}: {error.diag.message_primary or error} (SQLSTATE {error.sqlstate})"]
    for label, text in (
        ("detail", error.diag.message_detail),
        ("hint", error.diag.message_hint),
        ("where", error.diag.context),
    ):
        if text:
            lines.append(f"  {label}: {text}")
    return "\n".join(lines)
