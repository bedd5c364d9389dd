"""A fresh world's people: two users, each owning an iris classifier and a diabetes regressor.

Everything goes through Supabase's public API, as a user's own app would.
"""

import io
import json
import os
import secrets
from pathlib import Path
from typing import Any

import httpx

NAMES = ("ada", "grace")


def seed(kept: Path, database: dict[str, Any]) -> dict[str, Any]:
    """`{"users", "models"}`; made once, then read from `kept` (which holds passwords)."""
    if kept.exists():
        facts: dict[str, Any] = json.loads(kept.read_text())
        return facts
    files = {name: _joblib(make()) for name, make in TRAINERS.items()}
    users = [_sign_up(database, name) for name in NAMES]
    models = [
        upload_model(database, sign_in(database, user), user["id"], name, content)
        for user in users
        for name, content in files.items()
    ]
    facts = {"users": users, "models": models}
    with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        json.dump(facts, stream)
    return facts


def sign_in(database: dict[str, Any], user: dict[str, str]) -> str:
    """The user's access token."""
    reply = httpx.post(
        f"{database['url']}/auth/v1/token?grant_type=password",
        headers={"apikey": database["publishable_key"]},
        json={"email": user["email"], "password": user["password"]},
    )
    reply.raise_for_status()
    token: str = reply.json()["access_token"]
    return token


def upload_model(
    database: dict[str, Any], token: str, user_id: str, name: str, content: bytes
) -> dict[str, str]:
    """Store the file and insert its row, as its owner."""
    headers = {"apikey": database["publishable_key"], "Authorization": f"Bearer {token}"}
    path = f"{user_id}/{name}-{secrets.token_hex(4)}.joblib"
    with httpx.Client(base_url=database["url"], headers=headers, timeout=60) as client:
        client.post(f"/storage/v1/object/models/{path}", content=content).raise_for_status()
        reply = client.post(
            "/rest/v1/trained_models",
            headers={"Prefer": "return=representation"},
            json={
                "user_id": user_id,
                "model_name": name,
                "algorithm": name.rsplit("-", maxsplit=1)[-1],
                "file_path": path,
            },
        )
        reply.raise_for_status()
    return {"id": reply.json()[0]["id"], "user_id": user_id, "model_name": name}


def iris_classifier() -> Any:
    """A RandomForest on iris, its columns named as the demo's payload names them."""
    from sklearn.datasets import load_iris
    from sklearn.ensemble import RandomForestClassifier

    data = load_iris(as_frame=True)
    columns = [name.removesuffix(" (cm)").replace(" ", "_") for name in data.feature_names]
    frame = data.data.set_axis(columns, axis="columns")
    return RandomForestClassifier(n_estimators=50, random_state=0).fit(frame, data.target)


def diabetes_regressor() -> Any:
    from sklearn.datasets import load_diabetes
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    data = load_diabetes(as_frame=True)
    return make_pipeline(StandardScaler(), Ridge()).fit(data.data, data.target)


TRAINERS = {"iris-classifier": iris_classifier, "diabetes-regressor": diabetes_regressor}


def _joblib(model: Any) -> bytes:
    import joblib

    stream = io.BytesIO()
    joblib.dump(model, stream, compress=3)
    return stream.getvalue()


def _sign_up(database: dict[str, Any], name: str) -> dict[str, str]:
    email, password = f"{name}@example.com", secrets.token_urlsafe(12)
    reply = httpx.post(
        f"{database['url']}/auth/v1/signup",
        headers={"apikey": database["publishable_key"]},
        json={"email": email, "password": password},
    )
    reply.raise_for_status()
    return {"id": reply.json()["user"]["id"], "email": email, "password": password}
