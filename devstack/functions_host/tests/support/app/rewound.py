"""Orchestrations that fail until something outside has been put right, for rewinding."""

import azure.durable_functions as df

bp = df.Blueprint()


def orchestrator(function):
    return bp.orchestration_trigger(context_name="context")(function)


@orchestrator
def mended_chain(context):
    request = context.get_input()
    before = yield context.call_activity("say", f"before {request['key']}")
    middle = yield context.call_activity("flaky", request)
    after = yield context.call_activity("say", f"after {request['key']}")
    return [before, middle, after]


@orchestrator
def mended_fan_out(context):
    request = context.get_input()
    good = [context.call_activity("say", f"{request['key']} {n}") for n in range(3)]
    answers = yield context.task_all([good[0], context.call_activity("flaky", request), *good[1:]])
    return answers


@orchestrator
def mended_parent(context):
    request = context.get_input()
    first = yield context.call_activity("say", f"parent {request['key']}")
    child = yield context.call_sub_orchestrator("mended_chain", request)
    return [first, *child]


@orchestrator
def mended_retry(context):
    request = context.get_input()
    options = df.RetryOptions(first_retry_interval_in_milliseconds=5, max_number_of_attempts=2)
    middle = yield context.call_activity_with_retry("flaky", options, request)
    event = yield context.wait_for_external_event("go")
    return [middle, event]
