"""Turns in the task hub: reading what an episode needs, and writing what it changed at once."""

import json
import sqlite3
import uuid
from dataclasses import dataclass

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.database import Database, post
from devstack.functions_host.durable.entity_store import post_message
from devstack.functions_host.durable.history import Event
from devstack.functions_host.durable.instance import (
    Instance,
    Letter,
    NewInstance,
    NewWork,
    Status,
    Turn,
    Work,
)
from devstack.functions_host.durable.instance_store import InstanceExistsError, InstanceStore
from devstack.functions_host.durable.turn import Mail, sort_mail


@dataclass(frozen=True)
class Committed:
    """What a turn set off: activities to run, and who has mail by it."""

    work: list[Work]
    instances: list[str]
    entities: list[str]


class TurnStore:
    def __init__(self, database: Database, instances: InstanceStore) -> None:
        self._database = database
        self._instances = instances

    def begin(self, instance_id: str) -> tuple[Instance, list[Event], Mail] | None:
        """The instance, its history and mail; None with nothing to read. Counts the try."""
        instance = self._instances.get(instance_id)
        if instance is None:
            return None
        sql = "select id, event from inbox where instance_id = ? order by id"
        rows = self._database.reading.execute(sql, (instance_id,))
        mail = sort_mail(instance, [Letter(row["id"], json.loads(row["event"])) for row in rows])
        if not mail.read:
            return None
        with self._database.mark() as db:
            db.execute(
                "update instances set attempts = attempts + 1 where instance_id = ?", (instance_id,)
            )
        return instance, self._instances.history(instance_id), mail

    def commit(self, instance: Instance, turn: Turn) -> Committed:
        woken: list[str] = []
        with self._database.transaction() as db:
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
                post_message(db, message)
            if turn.status.is_final:
                woken += self._finish(db, instance, turn)
        return Committed(work, woken, [m.entity_id for m in turn.messages])

    def _update(self, db: sqlite3.Connection, instance: Instance, turn: Turn) -> None:
        db.execute(
            "update instances set status = ?, output = ?, waiting = ?, attempts = 0,"
            " updated_at = ?, custom_status = coalesce(?, custom_status) where instance_id = ?",
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
            "update instances set execution_id = ?, input = ?, waiting = '{}'"
            " where instance_id = ?",
            (execution_id, input_json, instance.instance_id),
        )
        started = h.execution_started(instance.name, input_json, instance.version)
        post(db, instance.instance_id, execution_id, started)

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
        """Start a sub-orchestration; answers who has mail now: the child, or else the parent."""
        assert child.parent is not None  # noqa: S101 - the contract of Turn.children
        try:
            self._instances.insert(db, child)
        except InstanceExistsError as error:
            reason = f"Orchestrator function '{child.name}' failed: {error}"
            parent = child.parent
            failed = h.child_failed(parent.task_id, reason, "")
            self._instances.post_to_execution(db, parent.instance_id, parent.execution_id, failed)
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
        self._instances.post_to_execution(db, parent.instance_id, parent.execution_id, event)
        return [parent.instance_id]
