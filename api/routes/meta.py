"""Routes for people and machines that get to know the API: health, OpenAPI, a readable page."""

import json
from functools import cache
from pathlib import Path

import azure.functions as func
from pydantic import BaseModel

from api.http.request import Reply
from api.http.routing import public_route

PAGE = Path(__file__).with_name("docs.html")


class Health(BaseModel):
    status: str


@public_route("GET", "healthz", summary="Whether the app is up.", reply=Health)
def healthz(_request: func.HttpRequest) -> Health:
    return Health(status="ok")


@public_route("GET", "openapi.json", summary="This API as OpenAPI 3.1.")
def openapi_document(_request: func.HttpRequest) -> Reply:
    return Reply(200, _document())


@public_route("GET", "docs", summary="This API as a page to read.")
def docs_page(_request: func.HttpRequest) -> Reply:
    return Reply(200, PAGE.read_bytes(), content_type="text/html")


@cache
def _document() -> str:
    from api.http.openapi import document

    return json.dumps(document())
