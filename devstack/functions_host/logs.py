"""Logging to stderr, at the levels that host.json sets; the app's own records pass through."""

import logging
import sys

from devstack.functions_host.settings import HostSettings

_LEVELS = {
    "trace": logging.DEBUG,
    "debug": logging.DEBUG,
    "information": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
    "none": logging.CRITICAL + 1,
}


def configure(settings: HostSettings) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    logging.basicConfig(level=_level(settings.log_level), handlers=[handler])
    # The host's own lines stay as they are whatever the app does to the root logger.
    own = logging.getLogger("functions_host")
    own.addHandler(handler)
    own.setLevel(_level(settings.log_level))
    own.propagate = False
    # The server's own start and stop messages: the host says the same in its terms.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    for name, level in (settings.log_levels or {}).items():
        logging.getLogger(name).setLevel(_level(level))


def _level(name: str) -> int:
    return _LEVELS.get(name.lower(), logging.INFO)
