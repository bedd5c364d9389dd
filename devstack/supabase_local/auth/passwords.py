"""Passwords: what is accepted, and how it is kept."""

import asyncio

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from devstack.supabase_local.auth.errors import AuthError, not_there, validation_failed

SHORTEST, LONGEST = 6, 72
# Light parameters: these accounts are local, and signing in should not cost a test a second.
_hasher = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
_NOBODY = _hasher.hash("nobody")


def demand_acceptable(password: str) -> None:
    if len(password) < SHORTEST:
        message = f"Password should be at least {SHORTEST} characters."
        raise AuthError(422, "weak_password", message, weak_password={"reasons": ["length"]})
    if len(password.encode(errors="surrogatepass")) > LONGEST:
        raise AuthError(
            400, "validation_failed", f"Password cannot be longer than {LONGEST} characters"
        )


def demand_usable_hash(stored: str) -> None:
    """Raises validation_failed for a broken argon2 hash, and a 501 for a hash of another kind."""
    if not stored.startswith("$argon2"):
        raise not_there("A password hash other than argon2")
    try:
        extract_parameters(stored)
    except InvalidHashError:
        raise validation_failed("password_hash is not an argon2 hash") from None


async def hash_password(password: str) -> str:
    return await asyncio.to_thread(_hasher.hash, password.encode(errors="surrogatepass"))


async def matches(stored: str | None, password: str) -> bool:
    """Takes as long for an unknown user, so that the time tells nothing."""
    return await asyncio.to_thread(_matches, stored or _NOBODY, password) and stored is not None


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password.encode(errors="surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
