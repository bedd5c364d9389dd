"""Access tokens: JWTs signed by a key of this state directory, and the check of a bearer token."""

import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from devstack.azureml_emulator.certificates import write_private
from devstack.azureml_emulator.workspace import LOGIN_HOST, Workspace

ALGORITHM = "RS256"
KEY_ID = "emulator"
LIFETIME_SECONDS = 24 * 3600

ARM_AUDIENCES = ("https://management.azure.com", "https://management.core.windows.net")
STORAGE_AUDIENCES = ("https://storage.azure.com",)
SCORING_AUDIENCES = ("https://ml.azure.com",)


class InvalidToken(Exception):
    """The bearer token is missing, expired, for another audience, or not ours."""


class Tokens:
    """Issues and checks access tokens. Audiences are compared without their trailing slash."""

    def __init__(self, key_file: Path, workspace: Workspace) -> None:
        self._key = _signing_key(key_file)
        self._workspace = workspace
        self.issuer = f"https://{LOGIN_HOST}/{workspace.tenant_id}/v2.0"

    def issue(self, audience: str, lifetime_seconds: int = LIFETIME_SECONDS) -> tuple[str, int]:
        """A token for `audience` and the epoch second at which it expires."""
        now = int(time.time())
        expires = now + lifetime_seconds
        claims = {
            "aud": audience,
            "iss": self.issuer,
            "iat": now,
            "nbf": now,
            "exp": expires,
            "appid": self._workspace.client_id,
            "oid": self._workspace.principal_id,
            "sub": self._workspace.principal_id,
            "tid": self._workspace.tenant_id,
        }
        return jwt.encode(claims, self._key, ALGORITHM, headers={"kid": KEY_ID}), expires

    def check(self, authorization: str | None, audiences: tuple[str, ...]) -> None:
        """Raise InvalidToken unless `authorization` is a bearer token for one of `audiences`."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise InvalidToken("The 'Authorization' header is missing or is not a bearer token.")
        try:
            jwt.decode(
                token,
                self._key.public_key(),
                algorithms=[ALGORITHM],
                audience=[*audiences, *(f"{audience}/" for audience in audiences)],
                issuer=self.issuer,
            )
        except jwt.ExpiredSignatureError:
            raise InvalidToken("The access token expired.") from None
        except jwt.InvalidAudienceError:
            raise InvalidToken(
                f"The access token is for the wrong audience; expected {audiences[0]}."
            ) from None
        except jwt.PyJWTError as error:
            raise InvalidToken(f"The access token is invalid: {error}.") from None

    def published_keys(self) -> dict[str, Any]:
        """The JSON web key set that verifies these tokens."""
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": KEY_ID, "use": "sig", "alg": ALGORITHM}]}


def _signing_key(path: Path) -> rsa.RSAPrivateKey:
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError(f"{path} is not an RSA key")
        return key
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    write_private(
        path,
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    return key
