"""The `Prefer` header (RFC 7240), as far as PostgREST knows it."""

from dataclasses import dataclass, field
from typing import Any

from devstack.supabase_local.rest.errors import RestError, not_there

_CHOICES = {
    "return": ("minimal", "representation", "headers-only"),
    "count": ("exact", "planned", "estimated"),
    "resolution": ("merge-duplicates", "ignore-duplicates"),
    "missing": ("default", "null"),
    "handling": ("strict", "lenient"),
    "tx": ("commit", "rollback"),
}


@dataclass(frozen=True)
class Preferences:
    returning: str = "minimal"
    count: str | None = None
    resolution: str | None = None
    missing_default: bool = False
    rollback: bool = False
    max_affected: int | None = None
    """Set only with handling=strict, as PostgREST demands."""
    applied: tuple[str, ...] = field(default=())
    """What to confirm in `Preference-Applied`."""


def parse_prefer(header: str) -> Preferences:
    """Unknown preferences are passed over, or with handling=strict refused (PGRST122)."""
    known: dict[str, Any] = {}
    unknown = []
    for preference in filter(None, (part.strip() for part in header.split(","))):
        name, _, value = preference.partition("=")
        if name == "timezone":
            raise not_there("Prefer: timezone")
        if value in _CHOICES.get(name, ()) or (
            name == "max-affected" and value.isascii() and value.isdigit()
        ):
            known.setdefault(name, value)
        else:
            unknown.append(preference)
    strict = known.get("handling") == "strict"
    if strict and unknown:
        raise RestError(
            400,
            "PGRST122",
            "Invalid preferences given with handling=strict",
            f"Invalid preferences: {', '.join(unknown)}",
        )
    if not strict:
        known.pop("max-affected", None)
    return Preferences(
        returning=known.get("return", "minimal"),
        count=known.get("count"),
        resolution=known.get("resolution"),
        missing_default=known.get("missing") == "default",
        rollback=known.get("tx") == "rollback",
        max_affected=int(known["max-affected"][:9]) if "max-affected" in known else None,
        applied=tuple(f"{name}={value}" for name, value in known.items()),
    )
