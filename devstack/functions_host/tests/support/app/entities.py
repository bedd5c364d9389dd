import json

import azure.durable_functions as df
import azure.functions as func

bp = df.Blueprint(http_auth_level=func.AuthLevel.ANONYMOUS)


@bp.entity_trigger(context_name="context")
def counter(context):
    total = context.get_state(lambda: 0)
    match context.operation_name:
        case "add":
            total += context.get_input()
            context.set_state(total)
            context.set_result(total)
        case "get":
            context.set_result(total)
        case "drop":
            context.destruct_on_exit()
        case other:
            raise ValueError(f"a counter cannot {other}")


@bp.orchestration_trigger(context_name="context")
def counts(context):
    entity = df.EntityId("counter", context.get_input())
    context.signal_entity(entity, "add", 1)
    totals = []
    for n in (2, 3):
        totals.append((yield context.call_entity(entity, "add", n)))
    both = yield context.task_all([context.call_entity(entity, "get") for _ in range(2)])
    try:
        yield context.call_entity(entity, "fly")
    except Exception as error:
        return [*totals, *both, str(error)]
    return None


@bp.orchestration_trigger(context_name="context")
def calls_an_unknown_entity(context):
    yield context.call_entity(df.EntityId("ghost", "x"), "boo")


@bp.route(route="counter/{key}", methods=["GET", "POST", "DELETE"])
@bp.durable_client_input(client_name="client")
async def count(req: func.HttpRequest, client: df.DurableOrchestrationClient) -> func.HttpResponse:
    entity = df.EntityId("counter", req.route_params["key"])
    if req.method == "POST":
        await client.signal_entity(entity, "add", req.get_json())
    elif req.method == "DELETE":
        await client.signal_entity(entity, "drop")
    found = await client.read_entity_state(entity)
    body = {"exists": found.entity_exists, "state": found.entity_state}
    return func.HttpResponse(json.dumps(body), mimetype="application/json")
