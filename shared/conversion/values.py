"""What the symbolic pickle machine knows of the objects that a stream would build."""

from dataclasses import dataclass, field

MOST_KEYS = 64
"""More than any object has whose state matters here."""


@dataclass(eq=False, frozen=True, slots=True)
class Global:
    """A module's attribute, by name; never imported."""

    module: str
    name: str

    @property
    def pair(self) -> tuple[str, str]:
        return (self.module, self.name)


@dataclass(eq=False, slots=True)
class Made:
    """The result of calling a global, and the state it was given since."""

    maker: Global
    arguments: object
    state: object = None
    built: int = 0


_NOTHING: dict[str, object] = {}


@dataclass(eq=False, slots=True)
class Mapping:
    """A dict. Only text keys are known, and only the first of many."""

    known: dict[str, object] = field(default_factory=lambda: _NOTHING)
    whole: bool = True

    def put(self, key: object, value: object) -> None:
        if not isinstance(key, str) or len(self.known) >= MOST_KEYS:
            self.whole = False
            return
        if self.known is _NOTHING:
            self.known = {}
        self.known[key] = value


@dataclass(eq=False, frozen=True, slots=True)
class Opaque:
    """Something harmless whose content does not matter: bytes, a long text, a list, a set."""

    what: str


class Mark:
    """The pickle machine's MARK."""


MARK = Mark()
