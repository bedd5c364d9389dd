"""Entities in the management API: list, read, signal, delete."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from devstack.functions_host.durable.catalogue import UnknownFunctionError
from devstack.functions_host.durable.engine import Engine
from devstack.functions_host.durable.entity_store import EntityFilter, StoredEntity
from devstack.functions_host.durable.query import InvalidFilterError
from devstack.functions_host.durable.replies import (
    asked_place,
    flag,
    json_text,
    page_token,
    problem,
)

EMPTY_KEY = "$"
"""Stands in a path for the entity whose key is empty."""


class EntityRoutes:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def routes(self) -> list[BaseRoute]:
        one = "/entities/{name}/{key}"
        return [
            Route("/entities", self.list, methods=["GET"]),
            Route("/entities/", self.list, methods=["GET"]),
            Route("/entities/{name}", self.list, methods=["GET"]),
            Route(one, self.state, methods=["GET"]),
            Route(one, self.signal, methods=["POST", "DELETE"]),
        ]

    async def list(self, request: Request) -> Response:
        try:
            wanted = EntityFilter.from_query(
                request.path_params.get("name", ""), request.query_params, asked_place(request)
            )
        except InvalidFilterError as error:
            return problem(400, str(error))
        found, more = await self._engine.entities.find(wanted)
        with_state = flag(request, "fetchState", default=False)
        return JSONResponse(
            [_shown(entity, with_state=with_state) for entity in found], headers=page_token(more)
        )

    async def state(self, request: Request) -> Response:
        name, key = _entity(request)
        state = await self._engine.entities.state(name, key)
        if state is None:
            return problem(404, f"There is no entity '{name}' with the key '{key}'.")
        return Response(state, media_type="application/json")

    async def signal(self, request: Request) -> Response:
        """DELETE is the operation `delete`, which the entity's function has to know."""
        name, key = _entity(request)
        try:
            self._engine.catalogue.check_entity(name)
        except UnknownFunctionError as error:
            return problem(404, str(error))
        body = await json_text(request)
        if body is None:
            return problem(400, "Could not parse JSON content.")
        deletes = request.method == "DELETE"
        operation = "delete" if deletes else request.query_params.get("op", "")
        await self._engine.entities.signal(name, key, operation, body)
        return Response(status_code=202)


def _entity(request: Request) -> tuple[str, str]:
    key = request.path_params["key"]
    return request.path_params["name"], "" if key == EMPTY_KEY else key


def _shown(entity: StoredEntity, *, with_state: bool) -> dict[str, Any]:
    name, key = entity.entity_id[1:].split("@", 1)
    return {
        "entityId": {"name": name, "key": key},
        "lastOperationTime": entity.updated_at,
        "state": json.loads(entity.state or "null") if with_state else None,
    }
