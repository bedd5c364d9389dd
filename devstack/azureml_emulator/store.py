"""State on disk: JSON documents in one SQLite file, so that a restart or a kill loses nothing."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

Document = TypeVar("Document", bound=BaseModel)


class Store:
    """One SQLite file. Every write is committed when the call returns."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("pragma journal_mode = wal")
        self.connection.execute("pragma synchronous = normal")
        self.connection.execute(
            "create table if not exists documents"
            " (collection text, key text, body text not null, primary key (collection, key))"
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside are kept together or not at all. Must not be held across an await."""
        self.connection.execute("begin")
        try:
            yield
        except BaseException:
            self.connection.execute("rollback")
            raise
        self.connection.execute("commit")

    def close(self) -> None:
        self.connection.close()


class Collection(Generic[Document]):
    """The documents of one kind, by key. Keys are what the caller says; `all` is in key order."""

    def __init__(self, store: Store, name: str, kind: type[Document]) -> None:
        self._connection = store.connection
        self._name = name
        self._kind = kind

    def get(self, key: str) -> Document | None:
        row = self._connection.execute(
            "select body from documents where collection = ? and key = ?", (self._name, key)
        ).fetchone()
        return self._kind.model_validate_json(row[0]) if row else None

    def put(self, key: str, document: Document) -> None:
        self._connection.execute(
            "insert or replace into documents values (?, ?, ?)",
            (self._name, key, json.dumps(document.model_dump(mode="json"))),
        )

    def delete(self, key: str) -> bool:
        cursor = self._connection.execute(
            "delete from documents where collection = ? and key = ?", (self._name, key)
        )
        return cursor.rowcount > 0

    def all(self, prefix: str = "") -> list[Document]:
        rows = self._connection.execute(
            "select body from documents"
            " where collection = ? and substr(key, 1, ?) = ? order by key",
            (self._name, len(prefix), prefix),
        ).fetchall()
        return [self._kind.model_validate_json(body) for (body,) in rows]

    def count(self) -> int:
        row = self._connection.execute(
            "select count(*) from documents where collection = ?", (self._name,)
        ).fetchone()
        return int(row[0])
