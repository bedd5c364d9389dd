"""What one reading of a model file has found, and why it is not read on."""

MOST_KEPT = 50
MOST_TEXT = 300
MOST_MODULES = 1000


class Unreadable(ValueError):
    """The file is damaged or is not what it should be; the text says how, for its owner."""


class Refused(ValueError):
    """The file holds what no model's file holds; the text says what, for its owner."""


class Findings:
    """Collected while the file is read; a reading for loading stops at the first reason."""

    def __init__(self) -> None:
        self.forbidden: dict[tuple[str, str], str] = {}
        """Names that are not on the list, each with how it was used: "called" or "named"."""
        self.reasons: list[str] = []
        """Whatever else no model's file holds."""
        self.modules: set[str] = set()
        """Of all names, as far as the first thousand."""
        self.sklearn_versions: set[str] = set()
        self.lightgbm_releases: set[str] = set()
        self.special_functions: set[str] = set()
        """Of SciPy, named where only its newer releases have them."""
        self.is_pickle = False
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
