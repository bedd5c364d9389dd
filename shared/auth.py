"""From an Authorization header to a Principal: a Supabase access token, verified here.

Signatures are checked against the project's published keys (ES256, RS256), fetched once per ten
minutes and process. A legacy shared secret (HS256) counts only where SUPABASE_JWT_SECRET is set.
"""

import re
import time
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import jwt
import structlog
from pydantic import SecretStr

from shared.config import Settings
from shared.errors import Unauthenticated, Unavailable

AUDIENCE: Final = "authenticated"
ROLE: Final = "authenticated"
PUBLISHED: Final = ("ES256", "RS256")
LEGACY: Final = "HS256"
LEEWAY_SECONDS = 10
KEYS_LIFE_SECONDS = 600
COOLDOWN_SECONDS = 2.0
"""At most one fetch in this time for keys that are not known, or cannot be had."""
MAX_TOKEN = 8192
_BEARER = re.compile(r"Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)", re.IGNORECASE)

log = structlog.get_logger()


@dataclass(frozen=True)
class Principal:
    """Who calls, and the token that says so, to be passed on to Supabase."""

    user_id: str
    token: SecretStr


class InvalidToken(Unauthenticated):
    def __init__(self) -> None:
        super().__init__(
            "The access token is missing, not valid, or expired.",
            fix="Sign in with Supabase and send `Authorization: Bearer <access token>`.",
        )


class KeysUnavailable(Unavailable):
    def __init__(self) -> None:
        super().__init__(
            "Supabase's signing keys cannot be fetched at the moment.",
            fix="Try again in a few seconds.",
        )


class TokenVerifier:
    """One a process, shared by threads."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = f"{settings.supabase}/auth/v1"
        self._legacy_secret = settings.supabase_jwt_secret
        self._keys = _PublishedKeys(
            f"{self._issuer}/.well-known/jwks.json",
            lifespan=KEYS_LIFE_SECONDS,
            cooldown_duration=COOLDOWN_SECONDS,
            timeout=settings.supabase_timeout_seconds / 2,  # to connect, and again to read
        )

    def verify(self, authorization: str | None) -> Principal:
        """The signed-in user. Unauthenticated for everything else; Unavailable without keys."""
        sent = _BEARER.fullmatch((authorization or "").strip())
        if not sent or len(sent[1]) > MAX_TOKEN:
            raise InvalidToken
        token = sent[1]
        try:
            claims = self._claims(token)
            if claims.get("role") != ROLE:
                raise jwt.InvalidTokenError("role")
            user_id = str(UUID(claims["sub"]))
        except jwt.PyJWKClientConnectionError:
            raise KeysUnavailable from None
        except (jwt.PyJWTError, ValueError) as error:
            log.info("token_refused", reason=type(error).__name__)
            raise InvalidToken from None
        return Principal(user_id, SecretStr(token))

    def _claims(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        if header.get("alg") == LEGACY and self._legacy_secret:
            return self._decode(token, self._legacy_secret.get_secret_value(), (LEGACY,))
        if header.get("alg") not in PUBLISHED:
            raise jwt.InvalidAlgorithmError
        return self._decode(token, self._keys.get_signing_key(header.get("kid", "")), PUBLISHED)

    def _decode(
        self, token: str, key: jwt.PyJWK | str, algorithms: tuple[str, ...]
    ) -> dict[str, Any]:
        return jwt.decode(
            token,
            key,
            algorithms=list(algorithms),
            audience=AUDIENCE,
            issuer=self._issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "sub", "aud", "iss"]},
        )


class _PublishedKeys(jwt.PyJWKClient):
    """The project's keys. When they cannot be had, callers are told at once, not one by one."""

    _failed_at: float | None = None

    def fetch_data(self) -> Any:
        if self._failed_at and time.monotonic() - self._failed_at < COOLDOWN_SECONDS:
            raise jwt.PyJWKClientConnectionError("the last fetch has just failed")
        try:
            fetched = super().fetch_data()
        except (jwt.PyJWTError, OSError, ValueError) as error:
            log.warning("signing_keys_unreachable", reason=type(error).__name__)
            self._failed_at = time.monotonic()
            raise jwt.PyJWKClientConnectionError("no usable keys") from error
        self._failed_at = None
        return fetched
