"""A failure of the app's own code: its frames, without those of the host around them."""

import traceback
from pathlib import Path
from types import TracebackType

_HOST = Path(__file__).parent
_TESTS = _HOST / "tests"
"""Apps that only tests run lie beside the host; they are none of it."""


def app_traceback(error: BaseException) -> str:
    """The formatted traceback from where the app was entered."""
    trace = error.__traceback__
    entered: TracebackType | None = trace
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.is_relative_to(_HOST) and not file.is_relative_to(_TESTS):
            entered = trace.tb_next
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, entered)).rstrip()
