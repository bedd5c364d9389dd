"""Logs: one JSON object a line, with the ids bound by whoever handles the request or the phase."""

import logging
import sys

import structlog


def configure_logs(level: str) -> None:
    """Ids and codes only: never payloads, never tokens. The SDKs' own chatter stays at warnings."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    for chatty in ("azure", "httpx", "httpcore", "msal", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
