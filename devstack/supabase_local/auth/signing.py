"""ES256 keys that sign user tokens, and their rotation.

Three ages of key: `current` signs; `standby` is published already, so that every cache knows it
when it takes over; `previous` still verifies what it signed, until the next rotation.
"""

import json
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from pydantic import BaseModel

ALGORITHM = "ES256"
AUDIENCE = "authenticated"

Jwk = dict[str, Any]


class KeyRing(BaseModel):
    current: Jwk
    standby: Jwk
    previous: Jwk | None = None

    def published(self) -> list[Jwk]:
        """The public halves, as JWKS lists them."""
        present = [self.current, self.standby, *([self.previous] if self.previous else [])]
        return [
            {**{name: key[name] for name in ("kty", "crv", "x", "y", "kid")}, **_USE}
            for key in present
        ]

    def rotated(self) -> "KeyRing":
        return KeyRing(current=self.standby, standby=_new_key(), previous=self.current)

    def sign(self, claims: dict[str, Any]) -> str:
        key = jwt.PyJWK(self.current, ALGORITHM)
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": self.current["kid"]})

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of a token that one of these keys signed. Raises jwt.InvalidTokenError."""
        kid = jwt.get_unverified_header(token).get("kid")
        for key in self.published():
            if key["kid"] == kid:
                claims: dict[str, Any] = jwt.decode(
                    token,
                    jwt.PyJWK(key),
                    algorithms=[ALGORITHM],
                    audience=AUDIENCE,
                    options={"require": ["exp", "sub", "role"]},
                )
                return claims
        raise jwt.InvalidTokenError("No suitable key or wrong key type")


_USE = {"alg": ALGORITHM, "use": "sig", "key_ops": ["verify"], "ext": True}


def new_key_ring() -> KeyRing:
    return KeyRing(current=_new_key(), standby=_new_key())


def _new_key() -> Jwk:
    private = ec.generate_private_key(ec.SECP256R1())
    key: Jwk = json.loads(ECAlgorithm.to_jwk(private))
    return {**key, "kid": str(uuid.uuid4())}
