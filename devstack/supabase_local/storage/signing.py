"""Signed URLs: a token that opens one path for a while."""

import time
from typing import Any

import jwt

from devstack.supabase_local.storage.errors import StorageError, invalid_jwt

UPLOAD_SECONDS = 2 * 3600


class UrlSigner:
    def __init__(self, secret: str) -> None:
        self._secret = secret

    def sign(self, path: str, seconds: int, **more: Any) -> str:
        """`path` is bucket/name."""
        issued = int(time.time())
        claims = {"url": path, "iat": issued, "exp": issued + seconds, **more}
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def open(self, token: str, path: str, *, purpose: str) -> dict[str, Any]:
        """The claims. Raises InvalidJWT, and InvalidSignature for another path or purpose."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._secret, algorithms=["HS256"], options={"require": ["exp", "url"]}
            )
        except jwt.ExpiredSignatureError:
            raise invalid_jwt('"exp" claim timestamp check failed') from None
        except jwt.InvalidTokenError as error:
            raise invalid_jwt(str(error)) from None
        if claims["url"] != path or claims.get("purpose") != purpose:
            raise StorageError(400, "InvalidSignature", "Invalid signature")
        return claims
