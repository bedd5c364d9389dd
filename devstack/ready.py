"""Ready files: how a service of the local world says, atomically, that it is up and where."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_ready(path: Path | None, facts: Mapping[str, Any]) -> None:
    """JSON that a reader sees whole or not at all; readable by the owner only, it may hold keys."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(facts, stream, indent=2)
    draft.replace(path)


def read_ready(path: Path) -> dict[str, Any] | None:
    """The facts, or None while the service is not up yet."""
    try:
        facts: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return facts


def withdraw(path: Path | None) -> None:
    """The service is going down."""
    if path is not None:
        path.unlink(missing_ok=True)
