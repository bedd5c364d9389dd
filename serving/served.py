"""The model that an endpoint serves: a request's body in, JSON values out."""

import json
import logging
from pathlib import Path
from typing import Any, Self

from serving.answers import TooMuch, Unanswerable
from serving.asking import answers
from serving.blame import Suspects
from serving.body import parse
from serving.description import FILE_NAME, Description
from serving.mistakes import BadRequest
from serving.rows import Rows

MODEL_FILE = "model.pkl"

log = logging.getLogger("slipway.score")


def find_model(root: Path) -> Path:
    """The one folder at or below `root` that holds serving.json. FileNotFoundError says why not."""
    found = sorted(root.rglob(FILE_NAME))
    if len(found) != 1:
        raise FileNotFoundError(f"{len(found)} files {FILE_NAME} below {root}, expected one")
    return found[0].parent


class Served:
    """The loaded model with its description."""

    def __init__(self, model: Any, description: Description) -> None:
        self.model = model
        self.description = description
        body = json.dumps({"data": [description.example]}).encode()
        self.example = parse(body, description).rows[0]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """From the folder that find_model() found. Raises what load_model() raises."""
        from serving.model_file.load import load_model

        description = Description.read(folder)
        return cls(load_model(folder / MODEL_FILE), description)

    def answer(self, body: bytes) -> list[Any]:
        """One JSON value for each row of `body`. BadRequest, MemoryError or TimeoutError."""
        request = parse(body, self.description)
        return self.predict(request.rows, request.method)

    def answer_example(self) -> list[Any]:
        """What predict() answers to the description's own row; the first call is the slowest."""
        return self.predict([self.example], "predict")

    def predict(self, rows: Rows, method: str) -> list[Any]:
        """One JSON value for each of `rows`, as parse() makes them."""
        if not rows:
            return []

        def ask(these: Rows) -> list[Any]:
            return answers(self.model, self.description, these, method)

        try:
            found = ask(rows)
        except TooMuch as reason:
            message = f"{reason} Send fewer rows."
            raise BadRequest("answer_too_large", message, status=413) from None
        except Unanswerable as reason:
            message = f"{method}() of this model cannot be answered as JSON: {reason}."
            raise BadRequest("broken_model", message, status=500) from None
        except (MemoryError, TimeoutError):  # the server raises TimeoutError in the midst of it
            raise
        except Exception as refusal:  # whatever a model's own code may raise on an odd row
            names = [column.name for column in self.description.columns]
            raise Suspects(ask, names, self.example).blame(rows, refusal) from refusal
        if len(found) != len(rows):
            log.error("%s() answered %d for %d rows", method, len(found), len(rows))
            message = f"{method}() of this model answered {len(found)} values for {len(rows)} rows."
            raise BadRequest("broken_model", message, status=500)
        return found
