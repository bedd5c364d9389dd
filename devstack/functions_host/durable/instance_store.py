"""Instances in the task hub: start, find, post to, forget. Every method is one transaction."""

import json
import sqlite3
import uuid
from collections import Counter
from collections.abc import Iterable

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.database import Database, post
from devstack.functions_host.durable.history import Event
from devstack.functions_host.durable.instance import Instance, NewInstance, Parent, Status
from devstack.functions_host.durable.query import InstanceFilter, Place

_INSTANCE_ROW = (
    "instance_id, execution_id, name, version, input, status, output, custom_status,"
    " created_at, updated_at, parent, traceparent, waiting, attempts"
)


class InstanceExistsError(Exception):
    """An instance with this id is still running."""

    def __init__(self, instance_id: str, status: Status) -> None:
        super().__init__(
            f"An Orchestration instance with the status {status} already exists: '{instance_id}'."
        )


class InstanceStore:
    def __init__(self, database: Database, default_version: str | None = None) -> None:
        """default_version: of instances that are started without one, children too."""
        self._database = database
        self._default_version = default_version

    def get(self, instance_id: str) -> Instance | None:
        sql = f"select {_INSTANCE_ROW} from instances where instance_id = ?"  # noqa: S608 - constant
        row = self._database.reading.execute(sql, (instance_id,)).fetchone()
        return _instance(row) if row else None

    def history(self, instance_id: str) -> list[Event]:
        sql = "select event from history where instance_id = ? order by position"
        return [json.loads(row[0]) for row in self._database.reading.execute(sql, (instance_id,))]

    def find(
        self, wanted: InstanceFilter, after: Place | None
    ) -> tuple[list[Instance], Place | None]:
        """One page of instances by age, and where the next page begins, if any."""
        where, values = wanted.sql(after)
        rows = self._database.reading.execute(
            f"select {_INSTANCE_ROW} from instances where {where}"  # noqa: S608 - built from constants
            " order by created_at, instance_id limit ?",
            (*values, wanted.top + 1),
        ).fetchall()
        page = [_instance(row) for row in rows[: wanted.top]]
        more = len(rows) > wanted.top
        return page, (page[-1].created_at, page[-1].instance_id) if more else None

    def purge_finished(self, wanted: InstanceFilter) -> int:
        with self._database.transaction() as db:
            where, values = wanted.sql(None)
            rows = db.execute(
                f"select {_INSTANCE_ROW} from instances where {where}",  # noqa: S608 - constants
                values,
            )
            finished = [i.instance_id for i in map(_instance, rows) if i.status.is_final]
            return self._forget(db, finished)

    def create(self, new: NewInstance) -> Instance:
        """Start an instance; a finished one of that id makes way. Raises InstanceExistsError."""
        with self._database.transaction() as db:
            self.insert(db, new)
        instance = self.get(new.instance_id)
        assert instance is not None  # noqa: S101 - just written
        return instance

    def insert(self, db: sqlite3.Connection, new: NewInstance) -> None:
        """As part of a transaction. Raises InstanceExistsError."""
        existing = self.get(new.instance_id)
        if existing is not None and not existing.status.is_final:
            raise InstanceExistsError(new.instance_id, existing.status)
        self._forget(db, [new.instance_id])
        version = new.version or self._default_version
        moment, execution_id = h.timestamp(h.now()), uuid.uuid4().hex
        parent = new.parent and json.dumps(
            [new.parent.instance_id, new.parent.execution_id, new.parent.task_id]
        )
        db.execute(
            "insert into instances (instance_id, execution_id, name, version, input, status,"
            " created_at, updated_at, parent, traceparent) values (?,?,?,?,?,?,?,?,?,?)",
            (
                new.instance_id,
                execution_id,
                new.name,
                version,
                new.input,
                Status.PENDING,
                moment,
                moment,
                parent,
                new.traceparent,
            ),
        )
        started = h.execution_started(new.name, new.input, version)
        post(db, new.instance_id, execution_id, started)

    def post(self, instance_id: str, event: Event) -> Status | None:
        """Put an event in the box of a running instance; answers its status, None if unknown."""
        with self._database.transaction() as db:
            instance = self.get(instance_id)
            if instance is None or instance.status.is_final:
                return instance.status if instance else None
            post(db, instance_id, None, event)
            return instance.status

    def purge(self, instance_ids: Iterable[str]) -> int:
        with self._database.transaction() as db:
            return self._forget(db, list(instance_ids))

    def _forget(self, db: sqlite3.Connection, instance_ids: list[str]) -> int:
        keys = [(i,) for i in instance_ids]
        for table in ("history", "inbox", "work", "timers"):
            db.executemany(f"delete from {table} where instance_id = ?", keys)  # noqa: S608 - constant
        return db.executemany("delete from instances where instance_id = ?", keys).rowcount

    def post_to_execution(
        self, db: sqlite3.Connection, instance_id: str, execution_id: str, event: Event
    ) -> bool:
        """As part of a transaction: deliver an answer to the execution that asked, if it lives."""
        instance = self.get(instance_id)
        if instance is None or instance.status.is_final or instance.execution_id != execution_id:
            return False
        post(db, instance_id, execution_id, event)
        return True


def _instance(row: sqlite3.Row) -> Instance:
    fields = dict(row)
    parent = fields.pop("parent")
    waiting = Counter(json.loads(fields.pop("waiting")))
    status = Status(fields.pop("status"))
    return Instance(
        **fields,
        status=status,
        parent=Parent(*json.loads(parent)) if parent else None,
        waiting=waiting,
    )
