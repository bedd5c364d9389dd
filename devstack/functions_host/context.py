"""The `azure.functions.Context` of one execution, and the W3C trace that it belongs to."""

import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path

import azure.functions as func

_TRACEPARENT_PARTS = 4


@dataclass(frozen=True)
class TraceContext:
    trace_parent: str
    trace_state: str
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RetryContext:
    """The host's retry policies are not emulated: every execution is the first."""

    retry_count: int = 0
    max_retry_count: int = 0
    exception: None = None


@func.Context.register
@dataclass(frozen=True)
class InvocationContext:
    """Has all that `azure.functions.Context` promises."""

    invocation_id: str
    function_name: str
    trace_context: TraceContext
    function_directory: str = field(default_factory=lambda: str(Path.cwd()))
    thread_local_storage: threading.local = field(default_factory=threading.local)
    retry_context: RetryContext = RetryContext()


def child_span(traceparent: str | None) -> str:
    """A traceparent for the next hop: a new span of the same trace, or of a new one."""
    parts = (traceparent or "").split("-")
    if len(parts) != _TRACEPARENT_PARTS:
        return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    version, trace, _, flags = parts
    return f"{version}-{trace}-{secrets.token_hex(8)}-{flags}"
