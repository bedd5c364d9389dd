"""The `Prefer` header (RFC 7240), as far as PostgREST knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from devstack.supabase_local.rest.errors import RestError

_CHOICES = {
    "resolution": ("merge-duplicates", "ignore-duplicates"),
    "missing": ("default", "null"),
    "return": ("minimal", "representation", "headers-only"),
    "count": ("exact", "planned", "estimated"),
    "tx": ("commit", "rollback"),
    "handling": ("strict", "lenient"),
}
_ORDER = (*_CHOICES, "timezone", "max-affected")
"""In which the reply confirms them."""


@dataclass(frozen=True)
class Preferences:
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def returning(self) -> str:
        return self.given.get("return", "minimal")

    @property
    def count(self) -> str | None:
        return self.given.get("count")

    @property
    def counts_changes(self) -> bool:
        """Nothing can be planned of rows that a change returns."""
        return self.count in ("exact", "estimated")

    @property
    def resolution(self) -> str | None:
        return self.given.get("resolution")

    @property
    def missing_default(self) -> bool:
        return self.given.get("missing") == "default"

    @property
    def rollback(self) -> bool:
        return self.given.get("tx") == "rollback"

    @property
    def timezone(self) -> str | None:
        return self.given.get("timezone")

    @property
    def max_affected(self) -> int | None:
        """Given only with handling=strict, as PostgREST demands."""
        return int(self.given["max-affected"]) if "max-affected" in self.given else None

    def confirmed(self, *names: str) -> str:
        """What `Preference-Applied` says, where these preferences mean anything."""
        return ", ".join(
            f"{name}={self.given[name]}" for name in _ORDER if name in names and name in self.given
        )


def parse_prefer(header: str) -> Preferences:
    """Unknown preferences are passed over, or with handling=strict refused (PGRST122).

    Whether a time zone is one, PostgreSQL says.
    """
    known: dict[str, str] = {}
    unknown = []
    for preference in filter(None, (part.strip() for part in header.split(","))):
        name, _, value = preference.partition("=")
        if (
            value in _CHOICES.get(name, ())
            or (name == "timezone" and value)
            or (name == "max-affected" and _is_count(value))
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
    return Preferences(known)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
