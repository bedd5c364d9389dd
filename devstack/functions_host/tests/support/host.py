"""Drives a functions host as a process, and orchestrations through the app that it runs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import httpx

from devstack.ready import read_ready

ROOT = Path(__file__).parents[4]
SAMPLE_APP = Path(__file__).with_name("app")
API = "/runtime/webhooks/durabletask"
FINAL = ("Completed", "Failed", "Terminated")
T = TypeVar("T")


def eventually(probe: Callable[[], T | None], what: str, seconds: float = 60) -> T:
    """The first truthy answer of `probe`; fails with `what` when the time is over."""
    deadline = time.monotonic() + seconds
    while not (answer := probe()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.01)
    return answer


class FunctionsHost:
    """One state directory and the host process on it; it can be killed and started again."""

    def __init__(
        self, directory: Path, app: Path = SAMPLE_APP, env: Mapping[str, str] | None = None
    ) -> None:
        self.app = app
        self.state = directory / "state"
        self.effects_file = directory / "effects"
        self._ready_file = directory / "ready.json"
        self._log_file = directory / "log"
        self._env = dict(env or {})
        self.process: subprocess.Popen[bytes] | None = None
        self.ready: dict[str, Any] = {}

    def launch(self, **env: str) -> "subprocess.Popen[bytes]":
        """Start the process without waiting for it."""
        self._ready_file.unlink(missing_ok=True)
        options = {"--app": self.app, "--state": self.state, "--ready-file": self._ready_file}
        command = [sys.executable, "-m", "devstack.functions_host", "--port", "0"]
        for name, value in options.items():
            command += [name, str(value)]
        with self._log_file.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={**os.environ, "EFFECTS": str(self.effects_file), **self._env, **env},
            )
        return self.process

    def start(self, **env: str) -> "FunctionsHost":
        process = self.launch(**env)

        def probe() -> dict[str, Any] | None:
            assert process.poll() is None, f"the host ended at its start:\n{self.log()}"
            return read_ready(self._ready_file)

        self.ready = eventually(probe, "the host's ready file")
        self.http = httpx.Client(base_url=self.ready["url"], timeout=30)
        return self

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.wait_for_end()

    def wait_for_end(self, seconds: float = 60) -> int:
        assert self.process
        code = self.process.wait(seconds)
        if self.ready:
            self.http.close()
        return code

    def stop(self) -> int:
        assert self.process
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait_for_end()

    def log(self) -> str:
        return self._log_file.read_text() if self._log_file.exists() else ""

    def effects(self) -> list[str]:
        return self.effects_file.read_text().splitlines() if self.effects_file.exists() else []

    def release(self, name: str) -> None:
        """Let go what the app holds under this name, now and whenever it runs again."""
        with self.effects_file.open("a") as effects:
            effects.write(f"release:{name}\n")

    # Orchestrations, through the app's own durable client.

    def begin(self, name: str, input_: object = None, instance_id: str | None = None) -> str:
        response = self.http.post(f"/start/{name}", json={"input": input_, "id": instance_id})
        assert response.status_code == 202, response.text
        started: str = response.json()["id"]
        return started

    def client(self, call: str, instance_id: str, **body: object) -> httpx.Response:
        return self.http.post(f"/client/{call}/{instance_id}", json=body)

    def status(self, instance_id: str, **query: Any) -> dict[str, Any]:
        response = self.http.get(f"{API}/instances/{instance_id}", params=query)
        assert response.status_code in (200, 202), response.text
        status: dict[str, Any] = response.json()
        return status

    def until(self, instance_id: str, *statuses: str) -> dict[str, Any]:
        def probe() -> dict[str, Any] | None:
            response = self.http.get(f"{API}/instances/{instance_id}")
            known = response.status_code in (200, 202)
            status: dict[str, Any] = response.json() if known else {}
            return status if status.get("runtimeStatus") in statuses else None

        return eventually(probe, f"{instance_id} being {' or '.join(statuses)}")

    def end_of(self, instance_id: str) -> dict[str, Any]:
        return self.until(instance_id, *FINAL)

    def run(self, name: str, input_: object = None) -> object:
        """Start, wait, and answer the output of an orchestration that must complete."""
        end = self.end_of(self.begin(name, input_))
        assert end["runtimeStatus"] == "Completed", end
        return end["output"]

    def until_effect(self, line: str) -> None:
        eventually(lambda: line in self.effects(), f"the side effect '{line}'")
