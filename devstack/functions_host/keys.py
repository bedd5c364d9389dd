"""Access keys of the local host: made once per state directory, kept there for its owner only."""

import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request


@dataclass(frozen=True)
class Keys:
    """`function` opens functions of level FUNCTION, `master` those of level ADMIN too."""

    function: str
    master: str

    def allows(self, level: str, request: Request) -> bool:
        """Whether a request may call a function of this level: the key is a header or `?code=`."""
        if level == "anonymous":
            return True
        given = request.headers.get("x-functions-key") or request.query_params.get("code") or ""
        accepted = (self.master,) if level == "admin" else (self.function, self.master)
        return any(hmac.compare_digest(given.encode(), key.encode()) for key in accepted)


def load_keys(state: Path) -> Keys:
    file = state / "keys.json"
    if file.is_file():
        return _read(json.loads(file.read_text()))
    keys = {"function": secrets.token_urlsafe(32), "master": secrets.token_urlsafe(32)}
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(keys, stream)
    return _read(keys)


def _read(keys: Mapping[str, str]) -> Keys:
    return Keys(function=keys["function"], master=keys["master"])
