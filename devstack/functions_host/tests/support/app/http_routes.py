import json
import os
import time

import azure.durable_functions as df
import azure.functions as func

from activities import hold, record

bp = df.Blueprint(http_auth_level=func.AuthLevel.ANONYMOUS)


def reply(value: object, status: int = 200) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(value), status_code=status, mimetype="application/json")


@bp.route(route="start/{name}", methods=["POST"])
@bp.durable_client_input(client_name="client")
async def start(
    req: func.HttpRequest, client: df.DurableOrchestrationClient, context: func.Context
) -> func.HttpResponse:
    body = req.get_json() if req.get_body() else {}
    instance_id = await client.start_new(
        req.route_params["name"], body.get("id"), body.get("input")
    )
    return client.create_check_status_response(req, instance_id)


@bp.route(route="client/{call}/{instance_id}", methods=["POST"])
@bp.durable_client_input(client_name="client")
async def steer(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    """Calls a method of the durable client and answers what it returned or raised."""
    call, instance_id = req.route_params["call"], req.route_params["instance_id"]
    body = req.get_json() if req.get_body() else {}
    methods = {
        "raise_event": lambda: client.raise_event(instance_id, body["name"], body.get("data")),
        "terminate": lambda: client.terminate(instance_id, body.get("reason", "")),
        "suspend": lambda: client.suspend(instance_id, body.get("reason", "")),
        "resume": lambda: client.resume(instance_id, body.get("reason", "")),
        "purge": lambda: client.purge_instance_history(instance_id),
        "restart": lambda: client.restart(instance_id, body.get("new_id", True)),
        "status": lambda: client.get_status(instance_id, show_history=True, show_input=True),
        "status_all": lambda: client.get_status_all(),
        "wait": lambda: client.wait_for_completion_or_create_check_status_response(
            req, instance_id, 10_000, 50
        ),
    }
    try:
        result = await methods[call]()
    except Exception as error:
        return reply({"raised": str(error)}, 409)
    if isinstance(result, func.HttpResponse):
        return result
    if isinstance(result, list):
        result = [r.to_json() for r in result]
    elif hasattr(result, "to_json"):
        result = result.to_json()
    elif hasattr(result, "instances_deleted"):
        result = result.instances_deleted
    return reply({"result": result})


@bp.route(route="inspect/{id:int}/{rest?}", methods=["GET", "POST", "PUT"])
def inspect(req: func.HttpRequest) -> func.HttpResponse:
    return reply(
        {
            "method": req.method,
            "url": req.url,
            "params": dict(req.params),
            "route": dict(req.route_params),
            "header": req.headers.get("X-Sample"),
            "body": req.get_body().decode(),
        }
    )


@bp.route(route="things/{id:guid}", methods=["GET"])
def thing(req: func.HttpRequest) -> str:
    return f"thing {req.route_params['id']}"


@bp.route(route="things/{id:guid}", methods=["DELETE"])
def drop_thing(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(status_code=204)


@bp.route(route="things/list", methods=["GET"])
def things(req: func.HttpRequest) -> str:
    return "list"


@bp.route(route="files/{*path}", methods=["GET"])
def files(req: func.HttpRequest) -> str:
    return req.route_params["path"]


if "CATCH_ALL" in os.environ:

    @bp.route(route="{*path}")
    def caught(req: func.HttpRequest) -> func.HttpResponse:
        body = f"{req.method} {req.route_params.get('path', '')}"
        return func.HttpResponse(body, headers={"X-Caught": req.method})


@bp.route(route="cookies", methods=["GET"])
def cookies(req: func.HttpRequest) -> func.HttpResponse:
    response = func.HttpResponse("größe", mimetype="text/html", charset="latin-1")
    response.headers.add("Set-Cookie", "a=1; Path=/")
    response.headers.add("Set-Cookie", "b=2; HttpOnly")
    return response


@bp.route(route="crash", methods=["GET"])
def crash(req: func.HttpRequest) -> str:
    raise RuntimeError("a secret detail")


@bp.route(route="wrong", methods=["GET"])
def wrong(req: func.HttpRequest):
    return {"not": "allowed"}


@bp.route(route="locked", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
def locked(req: func.HttpRequest) -> str:
    return "open"


@bp.route(route="vault", methods=["GET"], auth_level=func.AuthLevel.ADMIN)
def vault(req: func.HttpRequest) -> str:
    return "open"


@bp.route(route="trace", methods=["GET"])
async def request_trace(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return reply(
        {
            "traceparent": context.trace_context.trace_parent,
            "tracestate": context.trace_context.trace_state,
            "function": context.function_name,
        }
    )


@bp.route(route="slow", methods=["GET"])
def slow(req: func.HttpRequest) -> str:
    time.sleep(float(req.params["seconds"]))
    return "slow"


@bp.route(route="blocks", methods=["GET"])
async def blocks(req: func.HttpRequest) -> str:
    """A coroutine that blocks its loop: the host must stay alive meanwhile."""
    record("blocks")
    hold("blocks")
    return "blocked"


@bp.timer_trigger(schedule="0 0 3 1 1 *", arg_name="timer", run_on_startup=True)
def yearly(timer: func.TimerRequest) -> None:
    record("yearly")


@bp.timer_trigger(schedule="* * * * * *", arg_name="timer")
def every_second(timer: func.TimerRequest) -> None:
    record("second")


@bp.queue_trigger(arg_name="message", queue_name="q", connection="none")
def unsupported(message: func.QueueMessage) -> None: ...
