"""What the task hub owes its instances: activities to run, and timers to fire."""

from collections.abc import Iterable
from datetime import datetime

from devstack.functions_host.durable import history as h
from devstack.functions_host.durable.database import Database, post
from devstack.functions_host.durable.history import Event
from devstack.functions_host.durable.instance import Work
from devstack.functions_host.durable.instance_store import InstanceStore


class Queue:
    """Every method is one transaction."""

    def __init__(self, database: Database, instances: InstanceStore) -> None:
        self._database = database
        self._instances = instances

    def unfinished(self) -> tuple[list[str], list[Work]]:
        """What a host takes up when it starts: instances with mail, and activities in the queue."""
        mailed = self._database.reading.execute("select distinct instance_id from inbox")
        work = self._database.reading.execute("select * from work order by id")
        return [row[0] for row in mailed], [Work(**row) for row in work]

    def start(self, work: Work) -> None:
        with self._database.mark() as db:
            db.execute("update work set attempts = attempts + 1 where id = ?", (work.id,))

    def release(self, work_ids: Iterable[int]) -> None:
        """Activities that an orderly shutdown left unfinished: that try does not count."""
        with self._database.transaction() as db:
            db.executemany(
                "update work set attempts = attempts - 1 where id = ?", [(i,) for i in work_ids]
            )

    def finish(self, work: Work, event: Event) -> bool:
        """Record how an activity ended. False when nobody waits for it any more."""
        with self._database.transaction() as db:
            db.execute("delete from work where id = ?", (work.id,))
            return self._instances.post_to_execution(db, work.instance_id, work.execution_id, event)

    def fire_timers(self, moment: datetime) -> tuple[list[str], float | None]:
        """Deliver all timers that are due. Answers their instances and the next deadline."""
        due = self._database.reading.execute(
            "select * from timers where fire_at <= ? order by fire_at", (moment.timestamp(),)
        ).fetchall()
        if due:
            with self._database.transaction() as db:
                for row in due:
                    fire_at = h.timestamp(datetime.fromtimestamp(row["fire_at"], tz=moment.tzinfo))
                    fired = h.timer_fired(row["timer_id"], fire_at)
                    post(db, row["instance_id"], row["execution_id"], fired)
                    db.execute(
                        "delete from timers where instance_id = ? and timer_id = ?",
                        (row["instance_id"], row["timer_id"]),
                    )
        (deadline,) = self._database.reading.execute("select min(fire_at) from timers").fetchone()
        return [row["instance_id"] for row in due], deadline
