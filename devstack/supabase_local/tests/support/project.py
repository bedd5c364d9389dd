"""Starts and stops the local Supabase as a process of its own, as its users do."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import psycopg

from devstack.ready import read_ready
from devstack.supabase_local.postgres.account import Account
from supabase import ClientOptions, create_client

MIGRATIONS = Path(__file__).parent / "migrations"
PASSWORD = f"password-{uuid4().hex}"
Value = TypeVar("Value")
HTTP = httpx.Client(timeout=20)
"""Shared by all clients: each of its own would spend 50 ms on a TLS context that nobody needs."""


def eventually(probe: Callable[[], Value | None], what: str, seconds: float = 60) -> Value:
    """The first value that is neither None nor False. Fails loudly after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = probe()
        if value is not None and value is not False:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that every account may enter, as PostgreSQL's must when root starts it."""
    folder = Path(tempfile.mkdtemp(prefix="supabase-local-test-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class LocalSupabase:
    state: Path
    migrations: Path = MIGRATIONS
    options: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    spawn: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    python: str = sys.executable

    @property
    def ready_file(self) -> Path:
        return self.state.with_name(f"{self.state.name}-ready.json")

    @property
    def log(self) -> Path:
        return self.state.with_name(f"{self.state.name}.log")

    def command(self) -> list[str]:
        return [
            self.python,
            "-m",
            "devstack.supabase_local",
            f"--migrations={self.migrations}",
            f"--state={self.state}",
            f"--ready-file={self.ready_file}",
            *self.options,
        ]

    def start(self) -> dict[str, Any]:
        self.launch()
        return eventually(self._ready, f"ready; its log is {self.log}")

    def launch(self) -> subprocess.Popen[bytes]:
        self.ready_file.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment},
                **self.spawn,
            )
        return self.process

    def _ready(self) -> dict[str, Any] | None:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode}:\n{self.log.read_text()}")
        return read_ready(self.ready_file)

    def stop(self, how: signal.Signals = signal.SIGTERM, within: float = 60) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(timeout=within)


@contextlib.contextmanager
def running(supabase: LocalSupabase) -> Iterator[dict[str, Any]]:
    try:
        yield supabase.start()
    finally:
        if supabase.process is not None and supabase.process.poll() is None:
            supabase.stop()


def connect(facts: dict[str, Any], **options: Any) -> psycopg.Connection:
    place = facts["database"]
    return psycopg.connect(
        host=place["host"],
        port=place["port"],
        user=place["user"],
        dbname=place["name"],
        autocommit=True,
        **options,
    )


def client(facts: dict[str, Any], key: str = "publishable_key", schema: str = "public") -> Any:
    """The official client. Its types say of no row what is in it, so it is used untyped."""
    options = ClientOptions(schema=schema, auto_refresh_token=False, httpx_client=HTTP)
    return create_client(facts["url"], facts[key], options)


@dataclass
class Person:
    id: str
    email: str
    client: Any
    """As from `client`."""

    @property
    def token(self) -> str:
        session = self.client.auth.get_session()
        assert session is not None
        return str(session.access_token)


def new_person(facts: dict[str, Any]) -> Person:
    email = f"{uuid4().hex}@example.org"
    own = client(facts)
    reply = own.auth.sign_up({"email": email, "password": PASSWORD})
    assert reply.user is not None
    return Person(reply.user.id, email, own)


def python_for(account: Account) -> tuple[str, dict[str, str]] | None:
    """An interpreter of our version that `account` may run, and the environment it needs."""
    if account.can_reach(Path(sys.executable).resolve()):
        return sys.executable, {}
    other = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin:/usr/local/bin")
    if other is None or not account.can_reach(Path(other).resolve()):
        return None
    return other, {"PYTHONPATH": sysconfig.get_path("purelib")}


def process_exists(pid: int) -> bool:
    """A zombie counts as gone."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
