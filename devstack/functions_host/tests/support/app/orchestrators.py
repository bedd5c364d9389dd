import os
from datetime import timedelta

import azure.durable_functions as df

from activities import Point

bp = df.Blueprint()


def orchestrator(function):
    return bp.orchestration_trigger(context_name="context")(function)


def later(context, seconds):
    return context.create_timer(context.current_utc_datetime + timedelta(seconds=seconds))


@orchestrator
def versions(context):
    if context.get_input() == "child":
        return context.version
    children = [
        context.call_sub_orchestrator("versions", "child"),
        context.call_sub_orchestrator("versions", "child", version="0.9"),
    ]
    return [context.version, *(yield context.task_all(children))]


@orchestrator
def chain(context):
    words = context.get_input() or ["a", "b", "c"]
    said = []
    for word in words:
        context.set_custom_status(f"saying {word}")
        said.append((yield context.call_activity("say", word)))
    return said


@orchestrator
def echoes(context):
    value = context.get_input()
    returned = yield context.call_activity("echo", value)
    return returned


@orchestrator
def custom_class(context):
    point = yield context.call_activity("mirror", Point(1, 2))
    return [type(point).__name__, point.x, point.y]


@orchestrator
def fan_out(context):
    count = context.get_input()
    calls = [context.call_activity("wait_then", {"name": f"f{i}"}) for i in range(count)]
    return (yield context.task_all(calls))


@orchestrator
def fan_out_failure(context):
    """One of three fails at once, one is slow; the compensation must come after the slow one."""
    name = context.instance_id
    calls = [
        context.call_activity("wait_then", {"name": f"{name}-quick"}),
        context.call_activity("wait_then", {"name": f"{name}-bad", "fails": True}),
        context.call_activity("wait_then", {"name": f"{name}-slow", "seconds": 0.5}),
    ]
    try:
        yield context.task_all(calls)
    except Exception as error:
        undone = yield context.call_activity("wait_then", {"name": f"{name}-undo"})
        return {"error": str(error), "undone": undone}
    return None


@orchestrator
def retried(context):
    request = context.get_input()
    options = df.RetryOptions(first_retry_interval_in_milliseconds=20, max_number_of_attempts=3)
    result = yield context.call_activity_with_retry("flaky", options, request)
    after = yield context.call_activity("say", "after")
    return [result, after]


@orchestrator
def retries_side_by_side(context):
    request = context.get_input()
    options = df.RetryOptions(first_retry_interval_in_milliseconds=20, max_number_of_attempts=4)
    calls = [
        context.call_activity_with_retry("flaky", options, {"key": f"{request}-{n}", "failures": n})
        for n in range(3)
    ]
    results = yield context.task_all(calls)
    after = yield context.call_activity("say", "after")
    return [*results, after]


@orchestrator
def fails(context):
    yield context.call_activity("wait_then", {"name": "doomed", "fails": True})


@orchestrator
def raises(context):
    raise RuntimeError("no luck today")
    yield


@orchestrator
def not_a_generator(context):
    return {"input": context.get_input()}


@orchestrator
def naps(context):
    seconds = context.get_input()
    yield later(context, seconds)
    return "rested"


@orchestrator
def timer_cancelled(context):
    """The activity wins; the long timer is dropped, and the steps after it keep their numbers."""
    work = context.call_activity("say", "quick")
    deadline = later(context, 3600)
    winner = yield context.task_any([work, deadline])
    deadline.cancel()
    more = yield context.call_activity("say", "next")
    return [winner is work, work.result, more]


@orchestrator
def timer_wins(context):
    event = context.wait_for_external_event("never")
    timer = later(context, 0.05)
    winner = yield context.task_any([event, timer])
    return "timer" if winner is timer else "event"


@orchestrator
def approval(context):
    deadline = later(context, 3600 * 24 * 30)
    decision = context.wait_for_external_event("decision")
    winner = yield context.task_any([decision, deadline])
    deadline.cancel()
    return {"decision": decision.result if winner is decision else None}


@orchestrator
def collects(context):
    """Waits first for 'go', then for three events of one name: early ones must not be lost."""
    yield context.wait_for_external_event("go")
    items = []
    for _ in range(3):
        items.append((yield context.wait_for_external_event("item")))
    return items


@orchestrator
def parent(context):
    results = yield context.task_all(
        [context.call_sub_orchestrator("child", n) for n in context.get_input()]
    )
    named = yield context.call_sub_orchestrator("child", 10, f"{context.instance_id}-named")
    return [*results, named]


@orchestrator
def child(context):
    n = context.get_input()
    if n < 0:
        raise ValueError(f"{n} is negative")
    doubled = yield context.call_activity("echo", 2 * n)
    return {"n": doubled, "parent": context.parent_instance_id}


@orchestrator
def parent_of_failure(context):
    options = df.RetryOptions(first_retry_interval_in_milliseconds=20, max_number_of_attempts=2)
    try:
        yield context.call_sub_orchestrator_with_retry("child", options, -1)
    except Exception as error:
        return str(error)
    return None


@orchestrator
def counts_down(context):
    n = context.get_input()
    yield context.call_activity("echo", n)
    if n > 0:
        context.continue_as_new(n - 1)
        return None
    return "lift-off"


@orchestrator
def keeps_events(context):
    """Continue-as-new must not lose events that nobody has read."""
    seen = context.get_input()
    item = yield context.wait_for_external_event("item")
    seen = [*seen["seen"], item]
    if len(seen) < 3:
        context.continue_as_new({"seen": seen})
        return None
    return seen


@orchestrator
def calls_nobody(context):
    yield context.call_activity("no_such_activity", None)


@orchestrator
def kills_the_host(context):
    yield context.call_activity("kill_host", context.instance_id)


@orchestrator
def kills_the_host_itself(context):
    os._exit(9)
    yield


@orchestrator
def changes_its_mind(context):
    """Decides by the environment, which a replay must never do: it is another after a restart."""
    yield context.call_activity("say" if os.environ.get("MIND") == "first" else "echo", "x")
    yield context.wait_for_external_event("go")
    return "done"


@orchestrator
def unserializable_result(context):
    yield context.call_activity("unserializable", None)


@orchestrator
def traced(context):
    return (yield context.call_activity("trace", None))


@orchestrator
def steps_with_pauses(context):
    """Two activities around a slow one: what has completed must not run again after a kill."""
    name = context.instance_id
    yield context.call_activity("wait_then", {"name": f"{name}-1"})
    yield context.call_activity("wait_then", {"name": f"{name}-2", **context.get_input()})
    yield context.call_activity("wait_then", {"name": f"{name}-3"})
    return "all three"


@orchestrator
def fetches(context):
    response = yield context.call_http("POST", context.get_input(), {"to": "you"})
    return [response["statusCode"], response["content"], response["headers"].get("X-Cased-Name")]


@orchestrator
def hundred_steps(context):
    for n in range(context.get_input()):
        yield context.call_activity("echo", n)
    return "done"


@orchestrator
def oversleeps(context):
    yield context.call_activity("oversleep", context.get_input())


@orchestrator
def waits_for_child(context):
    yield context.call_sub_orchestrator("naps", 3600, f"{context.instance_id}-napping")


@orchestrator
def fan_out_slow(context):
    """One activity for each request."""
    name = context.instance_id
    calls = [
        context.call_activity("wait_then", {"name": f"{name}-{n}", **request})
        for n, request in enumerate(context.get_input())
    ]
    return (yield context.task_all(calls))


@orchestrator
def calls(context):
    """One activity by name, without an input."""
    return (yield context.call_activity(context.get_input(), None))


@orchestrator
def exits_itself(context):
    raise SystemExit(3)
    yield
