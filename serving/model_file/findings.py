"""What one reading of a model file has found, and why it is not read on."""

from dataclasses import dataclass, field

MOST_KEPT = 50
MOST_TEXT = 300
MOST_MODULES = 1000


class Unreadable(ValueError):
    """The file is damaged or is not what it should be; the text says how, for its owner."""


class Refused(ValueError):
    """The file holds what no model's file holds; the text says what, for its owner."""


@dataclass
class Findings:
    """Collected while the file is read; a reading for loading stops at the first reason."""

    forbidden: dict[tuple[str, str], str] = field(default_factory=dict)
    """Names that are not on the list, each with how it was used: "called" or "named"."""
    reasons: list[str] = field(default_factory=list)
    """Whatever else no model's file holds."""
    modules: set[str] = field(default_factory=set)
    """Of all names, as far as the first thousand."""
    sklearn_versions: set[str] = field(default_factory=set)
    lightgbm_releases: set[str] = field(default_factory=set)
    special_functions: set[str] = field(default_factory=set)
    """Of SciPy, named where only its newer releases have them."""
    is_pickle: bool = False
    """At least one name was read, so that it is no other file by accident."""

    def add_module(self, module: str) -> None:
        if len(self.modules) < MOST_MODULES:
            self.modules.add(module[:MOST_TEXT])

    def add_name(self, module: str, name: str) -> None:
        if len(self.forbidden) < MOST_KEPT:
            self.forbidden.setdefault((module[:MOST_TEXT], name[:MOST_TEXT]), "named")

    def add_call(self, module: str, name: str) -> None:
        if (module, name) in self.forbidden:
            self.forbidden[(module, name)] = "called"

    def add_reason(self, reason: str) -> None:
        if len(self.reasons) < MOST_KEPT:
            self.reasons.append(reason[:MOST_TEXT])
