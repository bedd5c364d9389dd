"""Plain requests to Azure Resource Manager, for what the SDK has no client of."""

from collections.abc import Container, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from shared.adapters.targets.azureml.answers import Intent, read_answer
from shared.adapters.targets.azureml.connection import ARM, Connection
from shared.adapters.targets.azureml.sdk_errors import failure_of, translating

if TYPE_CHECKING:
    from azure.core.rest import HttpResponse


def ask_all(
    connection: Connection, path: str, intent: Intent, *, params: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Every item of a list, page by page; none where there is no such list. Raises as `send`.

    A next page is only asked of ARM, for which alone the token is.
    """
    page = ask(connection, "GET", path, intent, params=params) or {}
    yield from page.get("value", [])
    while str(page.get("nextLink") or "").startswith(f"{ARM}/"):
        page = ask(connection, "GET", page["nextLink"].removeprefix(ARM), intent, params={}) or {}
        yield from page.get("value", [])


def ask(
    connection: Connection,
    method: str,
    path: str,
    intent: Intent,
    *,
    params: dict[str, str],
    body: dict[str, Any] | None = None,
) -> dict[str, Any] | None:
    """The JSON of the response; None where there is no such resource. Raises as `send`.

    An accepted PATCH says `null`: that is a response without content, `{}`.
    """
    response = send(connection, method, f"{ARM}{path}", intent, params=params, json=body)
    if response is None:
        return None
    found: dict[str, Any] | None = response.json() if response.content else None
    return found or {}


def send(
    connection: Connection,
    method: str,
    url: str,
    intent: Intent,
    *,
    absent: Container[int] = (HTTPStatus.NOT_FOUND,),
    **facts: Any,
) -> "HttpResponse | None":
    """The response to this request; None where its status is one of `absent`.

    `facts`: more for the request, such as params and json. Raises the error that the response, or
    its want, comes to: see sdk_errors.
    """
    from azure.core.rest import HttpRequest

    with translating(intent):
        response: HttpResponse = connection.arm.send_request(HttpRequest(method, url, **facts))
        if response.status_code in absent:
            return None
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            answer = read_answer(response.status_code, response.text(), dict(response.headers))
            raise failure_of(answer, intent)
        return response
