"""A failure of the app's own code: its frames, without those of the host around them."""

import traceback
from pathlib import Path
from types import TracebackType

_HOST = str(Path(__file__).parent)


def app_traceback(error: BaseException) -> str:
    """The formatted traceback from where the app was entered."""
    trace = error.__traceback__
    entered: TracebackType | None = trace
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(_HOST):
            entered = trace.tb_next
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, entered)).rstrip()
