"""Gunicorn's settings in a container. Runs in the deployment's own environment: stdlib only."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
control_socket_disable = True


def post_fork(server, _worker):  # type: ignore[no-untyped-def]
    """A worker dies with its arbiter, which dies with the emulator: no process is left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != server.pid:
            os.kill(os.getpid(), signal.SIGKILL)
