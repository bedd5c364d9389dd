"""From an Authorization header to a Principal: a Supabase access token, verified here.

Signatures are checked against the project's published keys (ES256, RS256). A legacy shared secret
(HS256) counts only where SUPABASE_JWT_SECRET is set.
"""

import re
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import jwt
import structlog
from pydantic import SecretStr

from shared.config import Settings
from shared.domain.deadline import Deadline
from shared.errors.requests import Unauthenticated
from shared.identity.signing_keys import SigningKeys

AUDIENCE: Final = "authenticated"
ROLE: Final = "authenticated"
PUBLISHED: Final = ("ES256", "RS256")
LEGACY: Final = "HS256"
LEEWAY_SECONDS = 10
MAX_TOKEN = 8192
_BEARER = re.compile(r"Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)", re.IGNORECASE)

log = structlog.get_logger()


@dataclass(frozen=True)
class Principal:
    """Who calls, and the token that says so, to be passed on to Supabase."""

    user_id: str
    token: SecretStr


class TokenVerifier:
    """One a process, shared by threads."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = f"{settings.supabase}/auth/v1"
        self._legacy_secret = settings.supabase_jwt_secret
        self._keys = SigningKeys(f"{self._issuer}/.well-known/jwks.json")
        self._timeout_seconds = settings.supabase_timeout_seconds

    def verify(self, authorization: str | None, deadline: Deadline | None = None) -> Principal:
        """The user whose token this header carries. Raises Unauthenticated, KeysUnavailable.

        A key that the project may have published just now is waited for, within the deadline.
        """
        sent = _BEARER.fullmatch((authorization or "").strip())
        if not sent or len(sent[1]) > MAX_TOKEN:
            raise Unauthenticated
        token = sent[1]
        try:
            claims = self._claims(token, deadline or Deadline.after(self._timeout_seconds))
            if claims.get("role") != ROLE:
                raise jwt.InvalidTokenError("role")
            user_id = str(UUID(claims["sub"]))
        except (jwt.PyJWTError, ValueError) as error:
            log.info("token_refused", reason=type(error).__name__)
            raise Unauthenticated from None
        return Principal(user_id, SecretStr(token))

    def _claims(self, token: str, deadline: Deadline) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        if header.get("alg") == LEGACY and self._legacy_secret:
            return self._decode(token, self._legacy_secret.get_secret_value(), (LEGACY,))
        if header.get("alg") not in PUBLISHED:
            raise jwt.InvalidAlgorithmError
        key = self._keys.get(header.get("kid", ""), deadline)
        if key is None:
            raise jwt.InvalidKeyError
        return self._decode(token, key, PUBLISHED)

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
