"""Gunicorn's settings in a container. Runs in the deployment's own environment: stdlib only."""

import ctypes
import os
import signal
import sys
from importlib.metadata import version

PR_SET_PDEATHSIG = 1
control_socket_disable = True

if os.environ.get("SERVER_VERSION_LOG_RESPONSE_ENABLED", "true").lower() == "true":
    # as the server's own launcher does it: its answers name their version
    named = f"azmlinfsrv/{version('azureml-inference-server-http')}"
    os.environ.setdefault("HTTP_X_MS_SERVER_VERSION", named)


def post_fork(server, _worker):  # type: ignore[no-untyped-def]
    """A worker dies with its arbiter, which dies with the emulator: no process is left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != server.pid:
            os.kill(os.getpid(), signal.SIGKILL)
