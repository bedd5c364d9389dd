"""Entities in the task hub: their state, and the operations that wait for them."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.database import Database
from devstack.functions_host.durable.instance import EntityMessage
from devstack.functions_host.durable.instance_store import InstanceStore
from devstack.functions_host.durable.query import PAGE, Place, moment, page_size


@dataclass(frozen=True)
class EntityFilter:
    """Which entities to list: by name, by the time of the last operation, a page at a time."""

    name: str = ""
    last_from: str | None = None
    last_to: str | None = None
    top: int = PAGE
    after: Place | None = None

    @classmethod
    def from_query(cls, name: str, query: Mapping[str, str], after: Place | None) -> "EntityFilter":
        """Raises InvalidFilterError."""
        return cls(
            name=name.lower(),
            last_from=moment(query, "lastOperationTimeFrom"),
            last_to=moment(query, "lastOperationTimeTo"),
            top=page_size(query),
            after=after,
        )


@dataclass(frozen=True)
class StoredEntity:
    """`state` is JSON text; `updated_at` the end of its last batch of operations."""

    entity_id: str
    state: str | None
    updated_at: str


@dataclass(frozen=True)
class Batch:
    """All operations that wait for an entity; `state` is JSON text, None if there is none."""

    entity_id: str
    state: str | None
    attempts: int
    message_ids: tuple[int, ...]
    messages: tuple[EntityMessage, ...]


@dataclass(frozen=True)
class Answer:
    """What a caller is told: the JSON text of the protocol's response message."""

    message: EntityMessage
    response: str


class EntityStore:
    """Every method is one transaction."""

    def __init__(self, database: Database, instances: InstanceStore) -> None:
        self._database = database
        self._instances = instances

    def unfinished(self) -> list[str]:
        with self._database.transaction() as db:
            rows = db.execute("select distinct entity_id from entity_inbox").fetchall()
        return [row[0] for row in rows]

    def signal(self, message: EntityMessage) -> None:
        with self._database.transaction() as db:
            post_message(db, message)

    def state(self, entity_id: str) -> str | None:
        with self._database.transaction() as db:
            sql = "select state from entities where entity_id = ?"
            row = db.execute(sql, (entity_id,)).fetchone()
        return row[0] if row else None

    def find(self, wanted: EntityFilter) -> tuple[list[StoredEntity], Place | None]:
        """One page in the order of their ids, and where the next begins, if any."""
        rows = self._database.reading.execute(
            "select entity_id, state, updated_at from entities where state is not null"
            " and substr(entity_id, 1, length(:name)) = :name"
            " and (:last_from is null or updated_at >= :last_from)"
            " and (:last_to is null or updated_at <= :last_to)"
            " and entity_id > :after order by entity_id limit :top",
            {
                "name": f"@{wanted.name}@" if wanted.name else "@",
                "last_from": wanted.last_from,
                "last_to": wanted.last_to,
                "after": wanted.after[1] if wanted.after else "",
                "top": wanted.top + 1,
            },
        ).fetchall()
        page = [StoredEntity(*row) for row in rows[: wanted.top]]
        more = len(rows) > wanted.top
        return page, (page[-1].updated_at, page[-1].entity_id) if more else None

    def purge(self, entity_id: str) -> int:
        """Forget an entity, whatever its state; answers how many there were."""
        with self._database.transaction() as db:
            return db.execute("delete from entities where entity_id = ?", (entity_id,)).rowcount

    def begin(self, entity_id: str) -> Batch | None:
        """The next batch, None when nothing waits. Counts the try."""
        with self._database.mark() as db:
            rows = db.execute(
                "select * from entity_inbox where entity_id = ? order by id", (entity_id,)
            ).fetchall()
            if not rows:
                return None
            entity = db.execute(
                "insert into entities (entity_id, attempts) values (?, 1) on conflict do"
                " update set attempts = attempts + 1 returning state, attempts",
                (entity_id,),
            ).fetchone()
        messages = tuple(
            EntityMessage(
                entity_id,
                row["operation"],
                row["input"],
                row["call_id"],
                tuple(json.loads(row["caller"])) if row["caller"] else None,
            )
            for row in rows
        )
        ids = tuple(row["id"] for row in rows)
        return Batch(entity_id, entity["state"], entity["attempts"] - 1, ids, messages)

    def commit(self, batch: Batch, state: str | None, answers: Sequence[Answer]) -> list[str]:
        """Write the new state and answer the callers; answers the instances that got mail by it."""
        woken = []
        with self._database.transaction() as db:
            db.executemany(
                "delete from entity_inbox where id = ?", [(i,) for i in batch.message_ids]
            )
            db.execute(
                "update entities set state = ?, attempts = 0, updated_at = ? where entity_id = ?",
                (state, h.timestamp(h.now()), batch.entity_id),
            )
            db.execute(
                "delete from entities where entity_id = ? and state is null", (batch.entity_id,)
            )
            for answer in answers:
                message = answer.message
                if message.call_id is None or message.caller is None:
                    continue
                raised = h.event_raised(message.call_id, answer.response)
                if self._instances.post_to_execution(db, *message.caller, raised):
                    woken.append(message.caller[0])
        return woken


def post_message(db: sqlite3.Connection, message: EntityMessage) -> None:
    """As part of a transaction."""
    db.execute(
        "insert into entity_inbox (entity_id, operation, input, call_id, caller)"
        " values (?,?,?,?,?)",
        (
            message.entity_id,
            message.operation,
            message.input,
            message.call_id,
            json.dumps(message.caller) if message.caller else None,
        ),
    )
