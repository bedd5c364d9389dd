"""The SQLite file of a task hub: whole transactions, so that a kill at any moment needs no repair.

Durable (WAL, synchronous=FULL) but for the marks "this is being tried": they only count tries, and
a process that is killed, unlike a machine that loses power, does not lose them. Not thread-safe:
all calls come from one thread.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devstack.functions_host.durable.history import Event

_SCHEMA = Path(__file__).with_name("schema.sql")


_VERSION = 2


class UnreadableHubError(Exception):
    """The file is no task hub of this version."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} cannot be used: {reason}. "
            "Delete it to begin with an empty task hub, or choose another directory with --state."
        )


class Database:
    def __init__(self, path: Path) -> None:
        """Raises UnreadableHubError."""
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        try:
            self._open(path)
        except sqlite3.DatabaseError as error:
            raise UnreadableHubError(path, str(error)) from error

    def _open(self, path: Path) -> None:
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        (version,) = self._db.execute("pragma user_version").fetchone()
        if version == 1:
            self._db.execute("alter table entities add column updated_at text not null default ''")
        elif version not in (0, _VERSION):
            raise UnreadableHubError(path, f"its version is {version}, this host's is {_VERSION}")
        self._db.executescript(_SCHEMA.read_text())
        self._db.execute(f"pragma user_version = {_VERSION}")

    @property
    def reading(self) -> sqlite3.Connection:
        return self._db

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; within it, calls that need a connection take this one."""
        self._db.execute("begin immediate")
        try:
            yield self._db
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    @contextmanager
    def mark(self) -> Iterator[sqlite3.Connection]:
        """A transaction that does not wait for the disk."""
        self._db.execute("pragma synchronous = normal")
        try:
            with self.transaction() as db:
                yield db
        finally:
            self._db.execute("pragma synchronous = full")


def post(db: sqlite3.Connection, instance_id: str, execution_id: str | None, event: Event) -> None:
    """Put an event in an instance's box; with an execution id, for that execution only."""
    db.execute(
        "insert into inbox (instance_id, execution_id, event) values (?,?,?)",
        (instance_id, execution_id, json.dumps(event)),
    )
