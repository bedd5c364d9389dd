"""Who is asking: a request's API key and user token, resolved to a database role and claims."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt

from devstack.supabase_local.keys import ProjectKeys

ANON, AUTHENTICATED, SERVICE_ROLE = "anon", "authenticated", "service_role"


@dataclass(frozen=True)
class Caller:
    role: str
    claims: Mapping[str, Any] = field(default_factory=dict)
    """What `auth.jwt()` shows; empty of `sub` when no user is signed in."""

    @property
    def user_id(self) -> str | None:
        return self.claims.get("sub")


class AccessDeniedError(Exception):
    """The request carries no key, a wrong key, or a token that does not hold. Always 401."""

    def __init__(self, code: str | None, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


class Access:
    def __init__(self, keys: ProjectKeys) -> None:
        self.keys = keys

    def caller(self, headers: Mapping[str, str]) -> Caller:
        """A user's token decides the role, or else the API key. Raises AccessDeniedError."""
        role = self.role_of_api_key(headers)
        if headers.get("authorization", "").strip().lower() == "bearer":
            raise AccessDeniedError("PGRST301", "Empty JWT is sent in Authorization header")
        token = bearer_token(headers)
        if token is None or _same(token, headers["apikey"]):
            return Caller(role, {"role": role})
        if legacy := self._known_keys().get(token):
            return Caller(legacy, {"role": legacy})
        return self.user(token)

    def user(self, token: str) -> Caller:
        """The signed-in user whom a token names. Raises AccessDeniedError."""
        try:
            claims = self.keys.key_ring.verify(token)
        except jwt.InvalidTokenError as error:
            raise _refusal(token, error) from None
        if claims["role"] != AUTHENTICATED:
            raise AccessDeniedError("PGRST303", "The role of a user's token must be authenticated")
        return Caller(AUTHENTICATED, claims)

    def role_of_api_key(self, headers: Mapping[str, str]) -> str:
        """What the API key alone allows; a user's token is not looked at. Raises AccessDeniedError.

        A key given as the bearer as well must be the same one.
        """
        key, token = headers.get("apikey"), bearer_token(headers)
        if key is None:
            raise AccessDeniedError(
                None, "No API key found in request", "No `apikey` request header was found."
            )
        role = next((role for known, role in self._known_keys().items() if _same(known, key)), None)
        if role is None:
            raise AccessDeniedError(
                None, "Invalid API key", "Double check your publishable or secret API key."
            )
        if token is not None and token.startswith("sb_") and not _same(token, key):
            raise AccessDeniedError(
                None,
                "Invalid API key",
                "The keys in `apikey` and `Authorization` must be the same.",
            )
        return role

    def _known_keys(self) -> dict[str, str]:
        return {
            self.keys.publishable: ANON,
            self.keys.secret: SERVICE_ROLE,
            self.keys.legacy_anon: ANON,
            self.keys.legacy_service_role: SERVICE_ROLE,
        }


def _refusal(token: str, error: jwt.InvalidTokenError) -> AccessDeniedError:
    """In PostgREST's words: PGRST303 for the claims of a well signed token, else PGRST301."""
    if claim := re.search(r"\((exp|nbf|iat)\) must be an integer", str(error)):
        return AccessDeniedError("PGRST303", f"The JWT '{claim[1]}' claim must be a number")
    if isinstance(error, jwt.InvalidAudienceError) and "format" in str(error):
        message = "The JWT 'aud' claim must be a string or an array of strings"
        return AccessDeniedError("PGRST303", message)
    for kind, said in _CLAIMS_REFUSED:
        if isinstance(error, kind):
            return AccessDeniedError("PGRST303", said or str(error))
    if (parts := len(token.split("."))) != 3:
        return AccessDeniedError("PGRST301", f"Expected 3 parts in JWT; got {parts}")
    return AccessDeniedError("PGRST301", str(error))


_CLAIMS_REFUSED: tuple[tuple[type[jwt.InvalidTokenError], str | None], ...] = (
    (jwt.ExpiredSignatureError, "JWT expired"),
    (jwt.ImmatureSignatureError, "JWT not yet valid"),
    (jwt.InvalidAudienceError, "JWT not in audience"),
    (jwt.MissingRequiredClaimError, None),
)


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())


def bearer_token(headers: Mapping[str, str]) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
