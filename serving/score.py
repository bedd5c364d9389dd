"""The entry of Azure ML's inference server: loads the one model of its endpoint, answers requests.

A reply is a bare JSON list, one item a row. What a caller got wrong is 400 or 413, what the model
got wrong 500, with {"error": {code, message, row, column}}. serving/body.py says what is accepted.
"""

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azureml_inference_server_http.api.aml_request import rawhttp
from azureml_inference_server_http.api.aml_response import AMLResponse

if not __package__:  # the server runs this file by its path: its package is not yet to be found
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from serving import libraries
from serving.body import MAX_BODY_BYTES, check_size
from serving.mistakes import BadRequest
from serving.walls.endpoint import give_up

if TYPE_CHECKING:
    from serving.served import Served

log = logging.getLogger("slipway.score")
served: "Served | None" = None


def init() -> None:
    """Load the model once a process; the server ends when this fails, and the log says why.

    The identity's secrets go first, and the walls go up before numpy and its like are imported:
    they start threads, which some walls would leave out. Hence the late imports.
    """
    global served
    root = Path(os.environ["AZUREML_MODEL_DIR"])
    log.warning(give_up(root, libraries.prepare))
    from serving.served import Served, find_model
    from serving.swagger import describe

    served = Served.load(find_model(root))
    describe(run, served.description, served.answer_example())
    names = ", ".join(column.name for column in served.description.columns)
    log.warning("Serving %s, columns: %s", type(served.model).__name__, names[:1000])


@rawhttp  # type: ignore[untyped-decorator]
def run(data: Any) -> AMLResponse:
    """Answer a request of Flask's; swagger.json shows the parameter's name as the body's key."""
    request = data
    if request.method != "POST":
        return _reply({"error": {"code": "method_not_allowed", "message": "Use POST."}}, 405)
    assert served is not None  # noqa: S101
    try:
        check_size(request.content_length or 0)
        body = request.stream.read(MAX_BODY_BYTES + 1)  # one in chunks has not told its length
        return _reply(served.answer(body), 200)
    except BadRequest as mistake:
        return _reply(mistake.body, mistake.status)


def _reply(content: Any, status: int) -> AMLResponse:
    return AMLResponse(content, status, json_str=True)
