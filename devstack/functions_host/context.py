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


class InvocationContext(func.Context):
    def __init__(
        self, invocation_id: str, function_name: str, trace_parent: str, trace_state: str
    ) -> None:
        self._invocation_id = invocation_id
        self._function_name = function_name
        self._trace_context = TraceContext(trace_parent, trace_state)
        self._local = threading.local()
        self._local.invocation_id = invocation_id

    @property
    def invocation_id(self) -> str:
        return self._invocation_id

    @property
    def thread_local_storage(self) -> threading.local:  # type: ignore[override] - mistyped there
        return self._local

    @property
    def function_name(self) -> str:
        return self._function_name

    @property
    def function_directory(self) -> str:
        return str(Path.cwd())

    @property
    def trace_context(self) -> TraceContext:  # type: ignore[override] - not exported there
        return self._trace_context

    @property
    def retry_context(self) -> RetryContext:  # type: ignore[override] - not exported there
        return RetryContext()


def child_span(traceparent: str | None) -> str:
    """A traceparent for the next hop: the same trace with a new span, or a new trace when there is
    none.
    """
    parts = (traceparent or "").split("-")
    if len(parts) != _TRACEPARENT_PARTS:
        return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    version, trace, _, flags = parts
    return f"{version}-{trace}-{secrets.token_hex(8)}-{flags}"
