"""Drives a real Azure ML emulator process: start, stop, kill, and the clients that talk to it."""

import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from devstack.ready import read_ready

START_SECONDS = 90
Found = TypeVar("Found")

SCORE_PY = """
import json
import os
import time


def init():
    folder = os.path.join(os.environ["AZUREML_MODEL_DIR"], "model")
    with open(os.path.join(folder, "weights.json")) as stream:
        run.weights = json.load(stream)
    if os.environ.get("CRASH_AT_START"):
        raise ModuleNotFoundError("No module named '_loss'")


def run(data):
    request = json.loads(data)
    time.sleep(request.get("sleep", float(os.environ.get("SLOW_SECONDS", "0"))))
    if request.get("fail"):
        raise ValueError("the model refuses")
    if request.get("environment"):
        return dict(os.environ)
    return {"weights": run.weights, "echo": request}
"""


def eventually(check: Callable[[], Found | None], what: str, seconds: float = 60) -> Found:
    """The first truthy answer of `check`; fails loudly when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} seconds")


class Emulator:
    """One emulator process on one state directory."""

    def __init__(self, state: Path, *options: str) -> None:
        self._state = state
        self._options = options
        self._ports: list[str] = []
        self._log = state.with_name(f"{state.name}.log")
        self.start()

    def start(self) -> None:
        """A second start takes the ports of the first, so that clients find it again."""
        ready = self._state / "ready.json"
        ready.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "devstack.azureml_emulator"),
                    *("--state", str(self._state), "--ready-file", str(ready)),
                    *(*self._options, *self._ports),
                ],
                stdout=log,
                stderr=log,
            )

        def facts() -> dict[str, Any] | None:
            if self.process.poll() is not None:
                raise AssertionError(f"the emulator ended:\n{self.log()}")
            return read_ready(ready)

        self.facts = eventually(facts, "emulator ready", START_SECONDS)
        self.trust = ssl.create_default_context(cafile=self.facts["ca_bundle"])
        self.environment: dict[str, str] = self.facts["environment"]
        proxy, control = (urlsplit(self.facts[key]).port for key in ("proxy_url", "control_url"))
        self._ports = ["--proxy-port", str(proxy), "--control-port", str(control)]

    def log(self) -> str:
        return self._log.read_text()

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        return self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def control(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.facts["control_url"], verify=self.trust, trust_env=False, timeout=30
        )

    def https(self, **options: Any) -> httpx.Client:
        """A plain client that reaches Azure's host names through the proxy."""
        return httpx.Client(
            proxy=self.facts["proxy_url"],
            verify=self.trust,
            trust_env=False,
            timeout=30,
            **options,
        )

    def token(self, resource: str = "https://management.azure.com") -> str:
        response = httpx.get(
            self.facts["identity_endpoint"],
            params={"api-version": "2019-08-01", "resource": resource},
            headers={"X-IDENTITY-HEADER": self.facts["identity_header"]},
            verify=self.trust,
            trust_env=False,
            timeout=30,
        )
        token: str = response.raise_for_status().json()["access_token"]
        return token

    def arm(self) -> httpx.Client:
        """A client of the workspace's ARM path, with a token."""
        return self.https(
            base_url=f"https://management.azure.com{self.workspace_path}/",
            headers={"Authorization": f"Bearer {self.token()}"},
            params={"api-version": "2023-04-01-preview"},
        )

    @property
    def workspace_path(self) -> str:
        facts = self.facts
        return (
            f"/subscriptions/{facts['subscription_id']}/resourceGroups/{facts['resource_group']}"
            "/providers/Microsoft.MachineLearningServices"
            f"/workspaces/{facts['workspace_name']}"
        )

    def scoring_url(self, endpoint: str) -> str:
        return f"https://{endpoint}.{self.facts['region']}.inference.ml.azure.com/score"
