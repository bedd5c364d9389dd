"""The project's own secrets: API keys, signing keys, and the instance they belong to.

Generated at the first start and kept in the state folder, for its owner's eyes only.
"""

import json
import os
import secrets
import time
import uuid
from pathlib import Path

import jwt
from pydantic import BaseModel

from devstack.supabase_local.auth.signing import KeyRing, new_key_ring

TEN_YEARS = 10 * 365 * 24 * 3600


class ProjectKeys(BaseModel):
    instance: str
    publishable: str
    secret: str
    legacy_anon: str
    legacy_service_role: str
    """Keys of the older kind, which are JWTs by form. They are compared as text, never verified."""
    storage_secret: str
    """Signs storage URLs."""
    key_ring: KeyRing


def load_or_create_keys(file: Path) -> ProjectKeys:
    if file.exists():
        return ProjectKeys.model_validate_json(file.read_text())
    keys = _create()
    save_keys(file, keys)
    return keys


def save_keys(file: Path, keys: ProjectKeys) -> None:
    draft = file.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(keys.model_dump(), stream, indent=2)
    draft.replace(file)


def _create() -> ProjectKeys:
    legacy_secret = secrets.token_urlsafe(48)
    return ProjectKeys(
        instance=uuid.uuid4().hex,
        publishable=f"sb_publishable_{secrets.token_urlsafe(24)}",
        secret=f"sb_secret_{secrets.token_urlsafe(24)}",
        legacy_anon=_legacy_key("anon", legacy_secret),
        legacy_service_role=_legacy_key("service_role", legacy_secret),
        storage_secret=secrets.token_urlsafe(48),
        key_ring=new_key_ring(),
    )


def _legacy_key(role: str, secret: str) -> str:
    issued = int(time.time())
    claims = {"iss": "supabase", "ref": "local", "role": role, "iat": issued}
    return jwt.encode({**claims, "exp": issued + TEN_YEARS}, secret, algorithm="HS256")
