"""The state of a resource, its marks, and why its last operation failed.

The resource itself says only `Failed`; the status URL of its operation says why.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from shared.adapters.targets.azureml.answers import Answer, Intent, read_answer
from shared.adapters.targets.azureml.arm import send
from shared.adapters.targets.azureml.connection import ARM, Connection
from shared.domain.endpoint import Marks, Provisioning

STATUS_URL = "AzureAsyncOperationUri"
"""The property of every endpoint and deployment that names its last operation."""

_STATES = {
    "creating": Provisioning.CREATING,
    "deleting": Provisioning.REMOVING,
    "succeeded": Provisioning.SUCCEEDED,
    "failed": Provisioning.FAILED,
    "canceled": Provisioning.FAILED,
}
_TAGS = {
    "owner": "slipway-owner",
    "deployment": "slipway-deployment",
    "project": "slipway-project",
}


def provisioning_of(state: str | None) -> Provisioning:
    """The neutral state; CHANGING for a state that is not known."""
    return _STATES.get((state or "").lower(), Provisioning.CHANGING)


def tags_of(marks: Marks) -> dict[str, str]:
    """The marks as Azure's tags."""
    return {tag: getattr(marks, mark) for mark, tag in _TAGS.items() if getattr(marks, mark)}


def marks_of(tags: Mapping[str, Any] | None) -> Marks:
    """The marks in these tags; empty where there are none."""
    return Marks(**{mark: str((tags or {}).get(tag, "")) for mark, tag in _TAGS.items()})


def sent_back(properties: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a change of a resource sends of its properties: all but the operation that made it.

    Azure would go on to name that one, and why the change failed could not be read.
    """
    return {name: value for name, value in (properties or {}).items() if name != STATUS_URL}


def reason_of(
    connection: Connection, properties: Mapping[str, Any] | None, intent: Intent
) -> Answer:
    """The error inside the last operation's status; an empty Answer where none can be had.

    Only ARM itself is asked: the URL comes with the resource, the token must not leave Azure.
    """
    url = str((properties or {}).get(STATUS_URL) or "")
    if not url.startswith(f"{ARM}/"):
        return Answer()
    forgotten = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
    response = send(connection, "GET", url, intent, absent=forgotten)
    if response is None:
        return Answer()  # operations are forgotten after a while, failed resources are not
    return read_answer(response.status_code, response.text(), dict(response.headers))
