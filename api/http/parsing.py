"""What a caller sends, as the model that a route takes; what is wrong with it is told by field."""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shared.errors.requests import InvalidRequest, MalformedRequest

Model = TypeVar("Model", bound=BaseModel)
_CHECKED_TEXT = re.compile(
    r"Value should have at (least|most) (\d+) items? after validation, not (\d+)"
)


def parsed_as(model: type[Model], sent: Mapping[str, Any]) -> Model:
    """Raises InvalidRequest: every wrong field by name, never its value.

    Only what a caller sends is told so: a ValidationError of anything else is Slipway's own fault.
    """
    try:
        return model.model_validate(sent)
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in found['loc']) or 'body'}: {_words(found['msg'])}"
            for found in error.errors(include_url=False, include_input=False, include_context=False)
        ]
    raise InvalidRequest("; ".join(problems), fix="Correct these fields and send it again.")


def _words(message: str) -> str:
    """pydantic's words, where a checked text is no `Value` and has no `items`."""
    if found := _CHECKED_TEXT.fullmatch(message):
        return f"should have at {found[1]} {found[2]} characters, not {found[3]}"
    return message.removeprefix("Value error, ").replace("Input should be", "should be")


def json_object(body: bytes) -> dict[str, Any]:
    """The body's JSON object. Raises MalformedRequest; InvalidRequest for lone surrogates."""
    try:
        parsed = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise MalformedRequest("The body is not JSON.") from None
    if not isinstance(parsed, dict):
        raise MalformedRequest("The body is not a JSON object.")
    _refuse_lone_surrogates(parsed)
    return parsed


def _refuse_lone_surrogates(body: dict[str, Any]) -> None:
    """Raises InvalidRequest where a text has half of a surrogate pair, which JSON can write as
    "\\ud800" and nothing else takes.
    """
    for name, value in body.items():
        try:
            json.dumps({name: value}, ensure_ascii=False).encode()
        except (UnicodeEncodeError, RecursionError):
            shown = name.encode("utf-8", "replace").decode()[:100]
            raise InvalidRequest(
                f"{shown}: use no half of a surrogate pair, and few levels of nesting",
                fix="Correct this field and send it again.",
            ) from None
