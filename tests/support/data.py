"""A project to test the data layer on: users, models, deployments, and each role's view of them."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from shared.config import Settings
from shared.identity.tokens import Principal, TokenVerifier
from tests.support.parts import running_part
from tests.support.world import ROOT

MIGRATIONS = ROOT / "supabase" / "migrations"
HOSTED = Path(__file__).with_name("data_hosted.sql")
PASSWORD = "correct-horse-battery"
Connection = psycopg.Connection[dict[str, Any]]


def refused(error: psycopg.errors.RaiseException) -> tuple[str, dict[str, Any]]:
    """Code and facts of a refusal by one of our functions."""
    return error.diag.message_primary or "", json.loads(error.diag.message_detail or "{}")


@dataclass(frozen=True)
class Database:
    """Doors to one database: one for each role, and one for its superuser."""

    conninfo: str

    def connect(self) -> Connection:
        return psycopg.connect(self.conninfo, autocommit=True, row_factory=dict_row)

    @contextmanager
    def as_role(self, role: str, user_id: str | None = None) -> Iterator[Connection]:
        """A connection as the REST API has it for this role and user."""
        with self.connect() as connection:
            claims = {"role": role} | ({"sub": user_id} if user_id else {})
            connection.execute(
                "select set_config('request.jwt.claims', %s, false), set_config('role', %s, false)",
                (json.dumps(claims), role),
            )
            yield connection

    def as_user(self, user_id: str) -> Any:
        return self.as_role("authenticated", user_id)

    def as_service(self) -> Any:
        return self.as_role("service_role")

    def run(self, query: str, *arguments: Any) -> list[dict[str, Any]]:
        """As superuser."""
        with self.connect() as connection:
            cursor = connection.execute(query, arguments or None)
            return cursor.fetchall() if cursor.description else []

    def new_user(self) -> str:
        user_id = str(uuid.uuid4())
        self.run("insert into auth.users (id, email) values (%s, %s)", user_id, f"{user_id}@x.io")
        return user_id

    def new_model(self, user_id: str, name: str = "Iris classifier") -> str:
        with self.as_user(user_id) as connection:
            return str(
                connection.execute(
                    "insert into public.trained_models (user_id, model_name, algorithm, file_path)"
                    " values (%s, %s, 'RandomForestClassifier', %s) returning id",
                    (user_id, name, f"{user_id}/model.joblib"),
                ).fetchone()["id"]
            )

    def new_deployment(self, user_id: str, model_id: str, **columns: Any) -> str:
        """A row as it is, without the rules of request_deployment."""
        row = {
            "user_id": user_id,
            "model_id": model_id,
            "deployment_name": "blue",
            "endpoint_name": new_name(),
            **columns,
        }
        if row.get("status") == "deleted":
            row.setdefault("deleted_at", "2026-01-01T00:00:00Z")
        names, places = ", ".join(row), ", ".join("%s" for _ in row)
        made = self.run(
            f"insert into public.deployments ({names}) values ({places}) returning id",
            *row.values(),
        )
        return str(made[0]["id"])


@dataclass(frozen=True)
class Person:
    """A user with a model, known to the project's Auth."""

    id: str
    token: str
    model_id: str
    principal: Principal


@dataclass(frozen=True)
class Project:
    """The running local Supabase, with the app's settings for it."""

    facts: dict[str, Any]
    database: Database
    settings: Settings

    @property
    def url(self) -> str:
        return str(self.facts["url"])

    def new_person(self) -> Person:
        """Signs up, as a user does, and owns one model."""
        reply = httpx.post(
            f"{self.url}/auth/v1/signup",
            headers={"apikey": self.facts["publishable_key"]},
            json={"email": f"{uuid.uuid4().hex}@example.com", "password": PASSWORD},
            timeout=60,
        )
        session = reply.raise_for_status().json()
        user_id, token = session["user"]["id"], session["access_token"]
        principal = TokenVerifier(self.settings).verify(f"Bearer {token}")
        return Person(user_id, token, self.database.new_model(user_id), principal)


@contextmanager
def running_project(home: Path) -> Iterator[Project]:
    """The local Supabase with this repository's migrations, keeping its state below `home`."""
    options = ("--port", "0", "--migrations", str(MIGRATIONS))
    with running_part("supabase_local", home, *options) as known:
        where = known["database"]
        conninfo = psycopg.conninfo.make_conninfo(
            host=where["host"], port=where["port"], user=where["user"], dbname=where["name"]
        )
        yield Project(known, Database(conninfo), settings_for(known))


def settings_for(facts: dict[str, Any], **changed: Any) -> Settings:
    known: dict[str, Any] = {
        "supabase_url": facts["url"],
        "supabase_anon_key": facts["publishable_key"],
        "supabase_service_key": facts["secret_key"],
        "azure_subscription_id": "none",
        "azure_resource_group": "none",
        "azure_workspace_name": "none",
    }
    return Settings(**{**known, **changed})


def new_name(prefix: str = "endpoint") -> str:
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


REQUEST = """select public.request_deployment(
    deployment_id => %(id)s, spec => %(spec)s,
    idempotency_key => %(idempotency_key)s, body_hash => %(body_hash)s) as made"""


def request(connection: Connection, model_id: str, **changed: Any) -> dict[str, Any]:
    """Calls request_deployment with defaults."""
    asked = {
        "id": str(uuid.uuid4()),
        "idempotency_key": None,
        "body_hash": "hash",
        "model_id": model_id,
        "deployment_name": "blue",
        "endpoint_name": new_name(),
        "description": None,
        "instance_type": "Standard_DS1_v2",
        "instance_count": 1,
        **changed,
    }
    arguments = {name: asked.pop(name) for name in ("id", "idempotency_key", "body_hash")}
    arguments["spec"] = Jsonb(asked)
    made: dict[str, Any] = connection.execute(REQUEST, arguments).fetchone()["made"]  # type: ignore[index]
    return made
