"""What the symbolic pickle machine knows of the objects that a stream would build."""

from dataclasses import dataclass, field


@dataclass(eq=False, frozen=True)
class Global:
    """A module's attribute, by name; never imported."""

    module: str
    name: str

    @property
    def pair(self) -> tuple[str, str]:
        return (self.module, self.name)


@dataclass(eq=False)
class Made:
    """The result of calling a global, and the state it was given since."""

    maker: Global
    arguments: object
    state: object = None
    built: int = 0


@dataclass(eq=False)
class Mapping:
    """A dict. Only text keys are known, and only the first of many."""

    known: dict[str, object] = field(default_factory=dict)
    whole: bool = True

    def put(self, key: object, value: object) -> None:
        if isinstance(key, str) and len(self.known) < 64:
            self.known[key] = value
        else:
            self.whole = False


@dataclass(eq=False, frozen=True)
class Opaque:
    """Something harmless whose content does not matter: bytes, a long text, a list, a set."""

    what: str


class Mark:
    """The pickle machine's MARK."""


MARK = Mark()
