"""What a worker of Azure ML's inference server gives up before it loads a model.

The server goes on as before: it takes connections from the socket that its master opened, answers
them, logs to the files that are open, and tells its master that it lives (gunicorn sets the time of
a file that is open). The model can compute, and read what Python and its own folder hold.

Not stopped, whatever the kernel: looking at any path's existence, size and dates (stat), and using
the processor and the memory. Telemetry to Application Insights, which the server sends from threads
of its own when AML_APP_INSIGHTS_ENABLED is set, ends with the other outgoing connections.
"""

import os
import resource
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from serving.walls import kernel, landlock, seccomp
from serving.walls.confine import SYSTEM_FILES, python_folders
from serving.walls.environment import forget_secrets

_CODE = Path(__file__).parents[1]


def give_up(model_folder: Path, imports: Callable[[], None]) -> str:
    """Irrevocably, for this process; one line for the log says which measures hold. Never raises.

    imports: what to do when all is given up but to open files for writing, which some libraries do
    while they are imported.

    Call it before numpy and its like are imported: they start threads, which an older kernel than
    Linux 7.0 hides no files from, and joblib would try to make processes. Call it in a worker, not
    in a master that is yet to fork: no process is started any more.
    """
    measures = [_without_secrets()]
    os.environ["JOBLIB_MULTIPROCESSING"] = "0"
    for measure in (
        _without_privileges,
        lambda: _without_files(model_folder),
        partial(_without_escapes, imports),
    ):
        try:
            measures.append(measure())
        except Exception as error:  # a weaker wall must not keep an honest model from serving
            measures.append(f"a measure failed ({error})")
    return f"Walls around the model: {'; '.join(measures)}."


def _without_secrets() -> str:
    try:
        return f"secrets taken out of the environment: {forget_secrets()}"
    except Exception as error:
        return f"the environment's secrets could not be overwritten ({error})"


def _without_privileges() -> str:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    kernel.keep_only([kernel.CAP_DAC_READ_SEARCH])
    return "no new privileges"


def _without_files(model_folder: Path) -> str:
    older = 0 if landlock.binds_all_threads() else len(os.listdir("/proc/self/task")) - 1  # noqa: PTH208
    readable = [*python_folders(), *_imports_from(), str(_CODE), str(model_folder), *SYSTEM_FILES]
    if not landlock.restrict(read=readable, write=[os.devnull]):
        return "files stay readable, for this kernel has no Landlock"
    but = f", except from {older} threads that ran before" if older else ""
    return f"other files hidden (Landlock {landlock.abi()}{but})"


def _imports_from() -> list[str]:
    """The folders of sys.path; the root of all, where a server may be started, is none."""
    return [path for path in sys.path if path and Path(path).resolve() != Path("/")]


def _without_escapes(imports: Callable[[], None]) -> str:
    seccomp.forbid_escapes(writes=True, accepts=True)
    imports()
    if not seccomp.forbid_escapes(writes=False, accepts=True):
        return "system calls not filtered, for this kernel has no seccomp"
    return "no programs, connections or new files (seccomp)"
