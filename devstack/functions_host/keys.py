"""Access keys of the local host: made once per state directory, kept there for its owner only."""

import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request

NAMES = ("function", "master", "durable")


@dataclass(frozen=True)
class Keys:
    """`function` opens functions of level FUNCTION, `master` those of level ADMIN too.

    `durable` is the code in the URLs of the durable management API, which is open all the same.
    """

    function: str
    master: str
    durable: str

    def allows(self, level: str, request: Request) -> bool:
        """Whether a request may call a function of this level: the key is a header or `?code=`."""
        if level == "anonymous":
            return True
        given = request.headers.get("x-functions-key") or request.query_params.get("code") or ""
        accepted = (self.master,) if level == "admin" else (self.function, self.master)
        return any(hmac.compare_digest(given.encode(), key.encode()) for key in accepted)


def load_keys(state: Path) -> Keys:
    file = state / "keys.json"
    known = json.loads(file.read_text()) if file.is_file() else {}
    keys = {name: known.get(name) or secrets.token_urlsafe(32) for name in NAMES}
    if keys != known:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            json.dump(keys, stream)
    return Keys(**keys)
