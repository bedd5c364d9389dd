"""A batch's lanes take turns until none waits, whatever becomes of each deployment."""

from typing import Any

from orchestrators.deploy_batch import deploy_batch
from orchestrators.deploy_in_turn import deploy_in_turn
from tests.support.orchestration import (
    ALL_DONE,
    RUN,
    Answer,
    Context,
    _run,
    done,
    failed,
    names,
    trouble,
)

BATCH = "88888888-8888-4888-8888-888888888888"


def run(**changed: Any) -> dict[str, Any]:
    known = {"operation_id": BATCH, "user_id": RUN["user_id"], "deadlines": RUN["deadlines"]}
    return {**known, "lanes": 2, "on_failure": "go_on", **changed}


class Queue:
    """Turns of three deployments; `bad` ones fail, a `dead` one's orchestration crashes."""

    def __init__(self, bad: tuple[int, ...] = (), dead: tuple[int, ...] = ()) -> None:
        self.waiting = [0, 1, 2]
        self.begun: list[str] = []
        self.asked: list[tuple[int, int]] = []
        self.bad, self.dead = bad, dead

    def take(self, sent: dict[str, Any]) -> Answer:
        self.asked.append((sent["run"]["lane"], sent["turn"]))
        if not self.waiting:
            return done(deployment=None)
        return done(deployment={**RUN, "deployment_id": f"d{self.waiting.pop(0)}"})

    def skip(self, _: dict[str, Any]) -> Answer:
        self.waiting.clear()
        return done()

    def deploy(self, context: Context):
        number = int(context.request["deployment_id"][1:])
        self.begun.append(context.subs[-1])
        if number in self.dead:
            raise RuntimeError("terminated")
        if number in self.bad:
            return {"status": "failed", "code": "quota_too_small"}
        return {"status": "active"}
        yield


def drive(queue: Queue, request: dict[str, Any], **answers: Any) -> tuple[Any, Context]:
    known = {**ALL_DONE, "take_turn": queue.take, "skip_waiting": queue.skip, "end_batch": done()}
    subs: dict[str, Any] = {"deploy_in_turn": deploy_in_turn, "deploy_model": queue.deploy}
    context = Context({**known, **answers}, subs, request, instance_id=BATCH)
    return _run(deploy_batch, context), context


def test_every_deployment_begins_once_under_its_own_id_and_the_batch_ends():
    queue = Queue()
    result, context = drive(queue, run())
    assert result == {"status": "ended"}
    assert queue.begun == ["d0", "d1", "d2"]
    assert {f"{BATCH}-0", f"{BATCH}-1"} <= set(context.subs)
    assert queue.asked == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0)]
    assert names(context)[-1] == "end_batch"


def test_after_a_failure_it_goes_on_or_stops_as_asked():
    for on_failure, begun in (("go_on", ["d0", "d1", "d2"]), ("stop", ["d0", "d1"])):
        queue = Queue(bad=(1,))
        _, context = drive(queue, run(on_failure=on_failure))
        assert queue.begun == begun
        stops = [sent["failed"] for name, sent in context.calls if name == "skip_waiting"]
        assert [stop["code"] for stop in stops] == ["batch_stopped"] * (on_failure == "stop")
        assert all("blue on iris failed with quota_too_small" in stop["message"] for stop in stops)


def test_an_orchestration_that_dies_is_a_failure_of_its_own_deployment_alone():
    queue = Queue(dead=(0,))
    _, context = drive(queue, run())
    assert queue.begun == ["d0", "d1", "d2"]
    _, context = drive(Queue(dead=(0,)), run(on_failure="stop"))
    [stop] = [sent["failed"] for name, sent in context.calls if name == "skip_waiting"]
    assert "orchestration_lost" in stop["message"]


def test_a_turn_that_is_not_answered_at_once_is_asked_for_again():
    queue = Queue()
    answers = iter([trouble("supabase_unavailable", 2)])
    _, context = drive(queue, run(), take_turn=lambda sent: next(answers, None) or queue.take(sent))
    assert queue.begun == ["d0", "d1", "d2"]
    assert context.waits == [2]


def test_what_cannot_be_ended_is_left_to_the_sweeper():
    result, context = drive(Queue(), run(), end_batch=failed("supabase_misconfigured"))
    assert result == {"status": "ended"}
    assert context.statuses[-1]["phase"] == "end_batch"
