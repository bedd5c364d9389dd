"""The running local world, over HTTP only: as its users, and through Azure ML's control API."""

import io
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import joblib
import psycopg
from psycopg import sql

from devstack.supabase_local.tests.support.project import connect

ROOT = Path(__file__).parents[2]
GENEROUS = {
    "MAX_REQUESTS_PER_MINUTE": "100000",
    "MAX_ACTIVE": "500",
    "MAX_DEPLOYING": "100",
}
"""Tests ask more often than people do; the limits have tests of their own."""
IRIS_ROW = {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}
TERMINAL = ("active", "failed", "deleted")


def until(condition: Callable[[], Any], what: str, seconds: float = 120) -> Any:
    """The condition's first truthy value; AssertionError when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {what}")


def free_base(count: int = 6) -> int:
    """The first of `count` free ports in a row."""
    for base in range(21000 + os.getpid() % 500 * 20, 60000, count):
        try:
            for port in range(base, base + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base
    raise RuntimeError("no free ports")


class User:
    """One signed-in user of the local world, with the API's client."""

    def __init__(self, world: "World", account: dict[str, str]) -> None:
        self.world, self.id = world, account["id"]
        self.token = world.sign_in(account)
        self.api = world.closing.enter_context(
            httpx.Client(
                base_url=world.facts["functions_url"],
                headers={"Authorization": f"Bearer {self.token}"},
                timeout=60,
            )
        )

    def model(self, name: str = "iris-classifier") -> str:
        owned = {
            model["model_name"]: str(model["id"])
            for model in self.world.facts["models"]
            if model["user_id"] == self.id
        }
        return owned[name]

    def supabase(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A call of Supabase itself, as this user's browser makes it."""
        known = {
            "apikey": self.world.facts["publishable_key"],
            "Authorization": f"Bearer {self.token}",
        }
        headers = {**known, **options.pop("headers", {})}
        url = self.world.facts["supabase_url"] + path
        reply = self.world.http.request(method, url, headers=headers, **options)
        assert reply.is_success, reply.text
        return reply

    def put_file(self, content: bytes, name: str) -> str:
        """The path of a new file in the bucket `models`."""
        path = self._new_path(name)
        self.supabase("POST", f"/storage/v1/object/models/{path}", content=content)
        return path

    def upload(self, content: bytes | None, name: str = "uploaded") -> str:
        """A row of trained_models; `content` None leaves the file out."""
        path = self._new_path(name) if content is None else self.put_file(content, name)
        reply = self.supabase(
            "POST",
            "/rest/v1/trained_models",
            headers={"Prefer": "return=representation"},
            json={"user_id": self.id, "model_name": name, "file_path": path},
        )
        model_id: str = reply.json()[0]["id"]
        return model_id

    def _new_path(self, name: str) -> str:
        return f"{self.id}/{name}-{time.monotonic_ns()}.joblib"

    def model_file(self, name: str = "iris-classifier") -> bytes:
        """The bytes of a model that this user has."""
        path = self.api.get(f"/models/{self.model(name)}").json()["file_path"]
        return self.supabase("GET", f"/storage/v1/object/models/{path}").content

    def deploy(self, model_id: str | None = None, **wanted: Any) -> dict[str, Any]:
        reply = self.api.post(
            "/deployments/deploy", json={"model_id": model_id or self.model(), **wanted}
        )
        assert reply.status_code == 202, reply.text
        accepted: dict[str, Any] = reply.json()
        return accepted

    def detail(self, deployment_id: str) -> dict[str, Any]:
        reply = self.api.get(f"/deployments/{deployment_id}")
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    def settled(self, deployment_id: str, seconds: float = 180) -> dict[str, Any]:
        """The deployment once it is no longer deploying and its last phase has said so."""
        self.world.until_moved("deployments", deployment_id, "deploying", seconds)

        def has_settled() -> dict[str, Any] | None:
            now = self.detail(deployment_id)
            told = all(phase["ended_at"] for phase in now["phases"])
            return now if now["status"] in TERMINAL and told else None

        found: dict[str, Any] = until(has_settled, f"{deployment_id} settles", seconds)
        return found

    def active(self, model_id: str | None = None, **wanted: Any) -> dict[str, Any]:
        found = self.settled(self.deploy(model_id, **wanted)["deployment_id"])
        assert found["status"] == "active", json.dumps(found, indent=1)
        return found

    def score(self, deployment_id: str, row: dict[str, float] = IRIS_ROW) -> httpx.Response:
        return self.api.post(f"/deployments/{deployment_id}/score", json={"data": [row]})

    def delete(self, deployment_id: str) -> None:
        """Delete it, and wait until the operation that removes it from Azure ML has ended."""
        assert self.removal(deployment_id) == "succeeded"

    def removal(self, deployment_id: str) -> str:
        """Delete it; how the operation that removes it from Azure ML ends."""
        reply = self.api.delete(f"/deployments/{deployment_id}")
        assert reply.status_code == 200, reply.text
        return str(self.followed(reply)["status"])

    def followed(self, reply: httpx.Response, seconds: float = 60) -> dict[str, Any]:
        """The operation that a reply's Location names, once it and its orchestration have ended."""
        location = reply.headers["Location"]
        self.world.until_moved("operations", location.rpartition("/")[2], "running", seconds)

        def has_ended() -> dict[str, Any] | None:
            told = self.api.get(location)
            assert told.status_code == 200, told.text
            operation: dict[str, Any] = told.json()
            over = operation["status"] != "running" and self.world.has_ended(operation["id"])
            return operation if over else None

        found: dict[str, Any] = until(has_ended, f"{location} ends", seconds)
        return found


class World:
    def __init__(self, facts: dict[str, Any], ready_file: Path, state: Path) -> None:
        self._facts, self.ready_file, self.state = facts, ready_file, state
        self.closing = ExitStack()
        """Closes every client of the world when it goes down."""
        self.control = self.closing.enter_context(
            httpx.Client(base_url=facts["azureml_control_url"], timeout=30)
        )
        self.http = self.closing.enter_context(httpx.Client(timeout=60))
        """For everything else over HTTP: a client of each call's own loads all certificates."""
        self._latency = self.control.get("/latency").raise_for_status().json()
        quota = self.control.get("/quota").raise_for_status().json()
        self._quota = {family: {"limit": each["limit"]} for family, each in quota.items()}
        self.calm()
        self.ada, self.grace = (User(self, account) for account in facts["users"][:2])

    @property
    def facts(self) -> dict[str, Any]:
        """The ready file's latest content."""
        with suppress(FileNotFoundError):
            self._facts = json.loads(self.ready_file.read_text())
        return self._facts

    @property
    def emulator(self) -> dict[str, Any]:
        """The Azure ML emulator's own ready file: its identity endpoint, its names."""
        ready = self.state / "azureml_emulator.ready.json"
        found: dict[str, Any] = json.loads(ready.read_text())
        return found

    def database(self) -> psycopg.Connection[Any]:
        """The local project's PostgreSQL, as its owner."""
        return connect(json.loads((self.state / "supabase_local.ready.json").read_text()))

    def sign_in(self, account: dict[str, str]) -> str:
        reply = self.http.post(
            f"{self._facts['supabase_url']}/auth/v1/token?grant_type=password",
            headers={"apikey": self._facts["publishable_key"]},
            json={"email": account["email"], "password": account["password"]},
        )
        assert reply.is_success, reply.text
        token: str = reply.json()["access_token"]
        return token

    def new_user(self) -> User:
        """Signs up; owns nothing yet."""
        account = {"email": f"{uuid.uuid4().hex}@example.com", "password": "correct-horse-battery"}
        reply = self.http.post(
            f"{self._facts['supabase_url']}/auth/v1/signup",
            headers={"apikey": self._facts["publishable_key"]},
            json=account,
        )
        return User(self, {**account, "id": reply.raise_for_status().json()["user"]["id"]})

    def has_ended(self, instance_id: str) -> bool:
        """An orchestration, by Durable Functions' own management API."""
        url = f"{self.facts['functions_url']}/runtime/webhooks/durabletask/instances/{instance_id}"
        return self.http.get(url).status_code == 200

    def run_timer(self, name: str) -> None:
        """Begin a timer's function by hand, as an operator would."""
        url = f"{self.facts['functions_url']}/admin/functions/{name}"
        assert self.http.post(url, json={}).status_code == 202

    def until_moved(self, table: str, row_id: str, status: str, seconds: float) -> None:
        """Returns when the row has another status than this; the test fails when it keeps it.

        Asked of PostgreSQL: by the API, a suite's waiting would cost more than what it waits for.
        """
        query = sql.SQL("select status::text from {} where id = %s").format(sql.Identifier(table))

        def has_moved() -> bool:
            row = database.execute(query, (row_id,)).fetchone()
            return row is not None and row[0] != status

        with self.database() as database:
            until(has_moved, f"{row_id} in {table} is no longer {status}", seconds)

    def resources(self) -> dict[str, Any]:
        found: dict[str, Any] = self.control.get("/resources").raise_for_status().json()
        return found

    def serving(self) -> tuple[set[str], set[str]]:
        """Names of the endpoints and deployments that exist in Azure ML."""
        found = self.resources()
        return (
            {endpoint["name"] for endpoint in found["endpoints"]},
            {deployment["name"] for deployment in found["deployments"]},
        )

    def scenario(self, name: str, **changes: Any) -> None:
        self.control.put("/scenarios", json={"name": name, **changes}).raise_for_status()

    def calm(self) -> None:
        """Azure ML as it was when the world came up: no faults, its latency, its quota.

        Deployments that would run the same share one process: the start of one takes as much of
        the machine as everything else in a deployment.
        """
        self.share(True)
        self.control.delete("/faults").raise_for_status()
        self.control.put("/latency", json=self._latency).raise_for_status()
        self.control.put("/quota", json=self._quota).raise_for_status()

    def share(self, shared: bool) -> None:
        """Whether deployments of the same model, code and variables share one process."""
        self.control.put("/sharing", json={"shared": shared}).raise_for_status()

    def endpoint_client(self, key: str) -> httpx.Client:
        """A client of live endpoints, as anybody with a key has it."""
        return httpx.Client(
            proxy=self.facts["proxy_url"],
            verify=ssl.create_default_context(cafile=self.facts["ca_bundle"]),
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        )

    def kill(self, service: str) -> int:
        """kill -9; the pid that was."""
        pid: int = self.facts["pids"][service]
        os.kill(pid, signal.SIGKILL)
        return pid

    def restarted(self, service: str, old_pid: int) -> None:
        until(lambda: self.facts["pids"][service] != old_pid, f"{service} is restarted")


def dumped(model: Any) -> bytes:
    stream = io.BytesIO()
    joblib.dump(model, stream)
    return stream.getvalue()


@contextmanager
def running_world(
    folder: Path, *options: str, dashboard: bool = False, **settings: str
) -> Iterator[World]:
    """`python -m devstack up` in a fresh state; no process of it is left afterwards."""
    pages = [] if dashboard else ["--no-dashboard"]
    ready = folder / "ready.json"
    folder.mkdir(parents=True, exist_ok=True)
    log = (folder / "stack.log").open("wb")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "devstack", "up", *pages),
            *("--state", str(folder / "state")),
            *("--ready-file", str(ready), "--port-base", str(free_base()), *options),
        ],
        cwd=ROOT,
        env={**os.environ, **GENEROUS, **settings},
        stdout=log,
        stderr=log,
    )
    try:
        until(lambda: ready.exists() or process.poll() is not None, "the local world is up", 180)
        assert process.poll() is None, (folder / "stack.log").read_text()
        world = World(json.loads(ready.read_text()), ready, folder / "state")
        with world.closing:
            yield world
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            log.close()
