"""The task hub on SQLite: every method is one transaction, so that a kill needs no repair.

Durable (WAL, synchronous=FULL) but for the marks "this is being tried": they only count tries, and
a process that is killed, unlike a machine that loses power, does not lose them. Not thread-safe:
one thread calls it.
"""

import json
import sqlite3
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.history import Event
from devstack.functions_host.durable.instance import (
    EntityMessage,
    Instance,
    Letter,
    NewInstance,
    NewWork,
    Parent,
    Status,
    Turn,
    Work,
)
from devstack.functions_host.durable.query import InstanceFilter, Place
from devstack.functions_host.durable.turn import Mail, sort_mail

_SCHEMA = Path(__file__).with_name("schema.sql")
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


@dataclass(frozen=True)
class Committed:
    """What a turn set off: activities to run, and who has mail by it."""

    work: list[Work]
    instances: list[str]
    entities: list[str]


class Store:
    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.executescript(_SCHEMA.read_text())

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
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

    def unfinished(self) -> tuple[list[str], list[Work]]:
        """What a host takes up when it starts: instances with mail, and activities in the queue."""
        mailed = self._db.execute("select distinct instance_id from inbox")
        work = self._db.execute("select * from work order by id")
        return [row[0] for row in mailed], [Work(**row) for row in work]

    # Instances

    def instance(self, instance_id: str) -> Instance | None:
        sql = f"select {_INSTANCE_ROW} from instances where instance_id = ?"  # noqa: S608 - constant
        row = self._db.execute(sql, (instance_id,)).fetchone()
        return _instance(row) if row else None

    def history(self, instance_id: str) -> list[Event]:
        sql = "select event from history where instance_id = ? order by position"
        return [json.loads(row[0]) for row in self._db.execute(sql, (instance_id,))]

    def find(
        self, wanted: InstanceFilter, after: Place | None
    ) -> tuple[list[Instance], Place | None]:
        """One page of instances by age, and where the next page begins, if any."""
        where, values = wanted.sql(after)
        rows = self._db.execute(
            f"select {_INSTANCE_ROW} from instances where {where}"  # noqa: S608 - built from constants
            " order by created_at, instance_id limit ?",
            (*values, wanted.top + 1),
        ).fetchall()
        page = [_instance(row) for row in rows[: wanted.top]]
        more = len(rows) > wanted.top
        return page, (page[-1].created_at, page[-1].instance_id) if more else None

    def purge_finished(self, wanted: InstanceFilter) -> int:
        with self.transaction() as db:
            where, values = wanted.sql(None)
            rows = db.execute(
                f"select {_INSTANCE_ROW} from instances where {where}",  # noqa: S608 - constants
                values,
            )
            finished = [i.instance_id for i in map(_instance, rows) if i.status.is_final]
            return self._forget(db, finished)

    def create(self, new: NewInstance) -> Instance:
        """Start an instance; a finished one of that id makes way. Raises InstanceExistsError."""
        with self.transaction() as db:
            self._create(db, new)
        instance = self.instance(new.instance_id)
        assert instance is not None  # noqa: S101 - just written
        return instance

    def _create(self, db: sqlite3.Connection, new: NewInstance) -> None:
        existing = self.instance(new.instance_id)
        if existing is not None and not existing.status.is_final:
            raise InstanceExistsError(new.instance_id, existing.status)
        self._forget(db, [new.instance_id])
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
                new.version,
                new.input,
                Status.PENDING,
                moment,
                moment,
                parent,
                new.traceparent,
            ),
        )
        started = h.execution_started(new.name, new.input, new.version)
        _post(db, new.instance_id, execution_id, started)

    def post(self, instance_id: str, event: Event) -> Status | None:
        """Put an event in an instance's box unless it is finished; answers its status, None if
        unknown.
        """
        with self.transaction() as db:
            instance = self.instance(instance_id)
            if instance is None or instance.status.is_final:
                return instance.status if instance else None
            _post(db, instance_id, None, event)
            return instance.status

    def purge(self, instance_ids: Iterable[str]) -> int:
        with self.transaction() as db:
            return self._forget(db, list(instance_ids))

    def _forget(self, db: sqlite3.Connection, instance_ids: list[str]) -> int:
        keys = [(i,) for i in instance_ids]
        for table in ("history", "inbox", "work", "timers"):
            db.executemany(f"delete from {table} where instance_id = ?", keys)  # noqa: S608 - constant
        return db.executemany("delete from instances where instance_id = ?", keys).rowcount

    # Turns

    def begin_turn(self, instance_id: str) -> tuple[Instance, list[Event], Mail] | None:
        """The instance, its history and its mail; None when there is nothing to read. Counts the
        try.
        """
        instance = self.instance(instance_id)
        if instance is None:
            return None
        sql = "select id, event from inbox where instance_id = ? order by id"
        rows = self._db.execute(sql, (instance_id,))
        mail = sort_mail(instance, [Letter(row["id"], json.loads(row["event"])) for row in rows])
        if not mail.read:
            return None
        with self.mark() as db:
            db.execute(
                "update instances set attempts = attempts + 1 where instance_id = ?", (instance_id,)
            )
        return instance, self.history(instance_id), mail

    def commit_turn(self, instance: Instance, turn: Turn) -> Committed:
        woken: list[str] = []
        with self.transaction() as db:
            self._update(db, instance, turn)
            db.executemany("delete from inbox where id = ?", [(i,) for i in turn.consumed])
            if turn.restart_with is not None:
                self._restart(db, instance, turn.restart_with)
                woken.append(instance.instance_id)
            else:
                self._append(db, instance, turn.events)
            self._set_timers(db, instance, turn)
            work = [self._enqueue(db, instance, item) for item in turn.work]
            for child in turn.children:
                woken.append(self._create_child(db, child))
            for message in turn.messages:
                self.post_message(db, message)
            if turn.status.is_final:
                woken += self._finish(db, instance, turn)
        return Committed(work, woken, [m.entity_id for m in turn.messages])

    def post_message(self, db: sqlite3.Connection, message: EntityMessage) -> None:
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

    def _update(self, db: sqlite3.Connection, instance: Instance, turn: Turn) -> None:
        db.execute(
            "update instances set status = ?, output = ?, waiting = ?, attempts = 0, updated_at "
            "= ?,"
            " custom_status = coalesce(?, custom_status) where instance_id = ?",
            (
                turn.status,
                turn.output if turn.status.is_final else None,
                json.dumps(turn.waiting),
                h.timestamp(h.now()),
                turn.custom_status,
                instance.instance_id,
            ),
        )

    def _append(self, db: sqlite3.Connection, instance: Instance, events: list[Event]) -> None:
        sql = "select coalesce(max(position), -1) + 1 from history where instance_id = ?"
        (position,) = db.execute(sql, (instance.instance_id,)).fetchone()
        db.executemany(
            "insert into history values (?,?,?)",
            [
                (instance.instance_id, position + offset, json.dumps(event))
                for offset, event in enumerate(events)
            ],
        )

    def _restart(self, db: sqlite3.Connection, instance: Instance, input_json: str) -> None:
        """Continue as new: another execution with an empty history; events nobody has read stay."""
        execution_id = uuid.uuid4().hex
        for table in ("history", "timers", "inbox"):
            condition = " and execution_id is not null" if table == "inbox" else ""
            sql = f"delete from {table} where instance_id = ?{condition}"  # noqa: S608 - constant
            db.execute(sql, (instance.instance_id,))
        db.execute(
            "update instances set execution_id = ?, input = ?, waiting = '{}' where instance_id "
            "= ?",
            (execution_id, input_json, instance.instance_id),
        )
        started = h.execution_started(instance.name, input_json, instance.version)
        _post(db, instance.instance_id, execution_id, started)

    def _set_timers(self, db: sqlite3.Connection, instance: Instance, turn: Turn) -> None:
        db.executemany(
            "delete from timers where instance_id = ? and timer_id = ?",
            [(instance.instance_id, timer_id) for timer_id in turn.cancelled_timers],
        )
        if turn.status.is_final or turn.restart_with is not None:
            return
        db.executemany(
            "insert into timers values (?,?,?,?)",
            [
                (instance.instance_id, instance.execution_id, t.timer_id, t.fire_at.timestamp())
                for t in turn.timers
            ],
        )

    def _enqueue(self, db: sqlite3.Connection, instance: Instance, item: NewWork) -> Work:
        row = db.execute(
            "insert into work (instance_id, execution_id, task_id, name, input, traceparent)"
            " values (?,?,?,?,?,?) returning *",
            (
                instance.instance_id,
                instance.execution_id,
                item.task_id,
                item.name,
                item.input,
                instance.traceparent,
            ),
        ).fetchone()
        return Work(**row)

    def _create_child(self, db: sqlite3.Connection, child: NewInstance) -> str:
        """Start a sub-orchestration; answers who has mail now: the child, or the parent if that
        failed.
        """
        assert child.parent is not None  # noqa: S101 - the contract of Turn.children
        try:
            self._create(db, child)
        except InstanceExistsError as error:
            reason = f"Orchestrator function '{child.name}' failed: {error}"
            parent = child.parent
            failed = h.child_failed(parent.task_id, reason, "")
            self.post_to_execution(db, parent.instance_id, parent.execution_id, failed)
            return parent.instance_id
        return child.instance_id

    def _finish(self, db: sqlite3.Connection, instance: Instance, turn: Turn) -> list[str]:
        """Drop what a finished instance no longer needs and answer its parent, if it has one."""
        for table in ("inbox", "timers"):
            sql = f"delete from {table} where instance_id = ?"  # noqa: S608 - constant
            db.execute(sql, (instance.instance_id,))
        parent = instance.parent
        if parent is None:
            return []
        if turn.status is Status.COMPLETED:
            event = h.child_completed(parent.task_id, turn.output or "null")
        else:
            event = h.child_failed(parent.task_id, str(json.loads(turn.output or "null")), "")
        self.post_to_execution(db, parent.instance_id, parent.execution_id, event)
        return [parent.instance_id]

    def post_to_execution(
        self, db: sqlite3.Connection, instance_id: str, execution_id: str, event: Event
    ) -> bool:
        """Deliver an answer if the execution that asked for it is still the current one."""
        instance = self.instance(instance_id)
        if instance is None or instance.status.is_final or instance.execution_id != execution_id:
            return False
        _post(db, instance_id, execution_id, event)
        return True

    # Activities

    def start_work(self, work: Work) -> None:
        with self.mark() as db:
            db.execute("update work set attempts = attempts + 1 where id = ?", (work.id,))

    def release_work(self, work_ids: Iterable[int]) -> None:
        """Activities that an orderly shutdown left unfinished: that try does not count."""
        with self.transaction() as db:
            db.executemany(
                "update work set attempts = attempts - 1 where id = ?", [(i,) for i in work_ids]
            )

    def finish_work(self, work: Work, event: Event) -> bool:
        """Record how an activity ended. False when nobody waits for it any more."""
        with self.transaction() as db:
            db.execute("delete from work where id = ?", (work.id,))
            return self.post_to_execution(db, work.instance_id, work.execution_id, event)

    # Timers

    def fire_timers(self, moment: datetime) -> tuple[list[str], float | None]:
        """Deliver all timers that are due. Answers their instances and the next deadline."""
        due = self._db.execute(
            "select * from timers where fire_at <= ? order by fire_at", (moment.timestamp(),)
        ).fetchall()
        if due:
            with self.transaction() as db:
                for row in due:
                    fire_at = h.timestamp(datetime.fromtimestamp(row["fire_at"], tz=moment.tzinfo))
                    fired = h.timer_fired(row["timer_id"], fire_at)
                    _post(db, row["instance_id"], row["execution_id"], fired)
                    db.execute(
                        "delete from timers where instance_id = ? and timer_id = ?",
                        (row["instance_id"], row["timer_id"]),
                    )
        (deadline,) = self._db.execute("select min(fire_at) from timers").fetchone()
        return [row["instance_id"] for row in due], deadline


def _post(db: sqlite3.Connection, instance_id: str, execution_id: str | None, event: Event) -> None:
    db.execute(
        "insert into inbox (instance_id, execution_id, event) values (?,?,?)",
        (instance_id, execution_id, json.dumps(event)),
    )


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
