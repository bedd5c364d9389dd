"""What the reader knows of the objects that a pickle would build, without building them.

Numbers, short texts and tuples stand for themselves; everything else has a symbol here.
Of containers and objects `depth` counts the levels in them, and `held` says that another holds
them: see rewrite/levels.py. A container is `sealed` once somebody has looked at what it holds, as
the shapes of calls do: some libraries keep it as it is, and what was judged must not change.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

MOST_KNOWN = 64
"""Items of a container that are kept: more than any container has whose content matters."""


class Global:
    """A module's attribute, by name; never imported. `use` is what the allow-list says of it."""

    __slots__ = ("module", "name", "pair", "use")

    def __init__(self, module: str, name: str, use: str) -> None:
        self.module, self.name, self.use = module, name, use
        self.pair = (module, name)

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


class Made:
    """An object: what made it, from which arguments, and the state that it was given since.

    element: of a dtype that was found in order, the bytes of one element; -1 for references.
    """

    __slots__ = ("arguments", "depth", "element", "held", "maker", "state")

    def __init__(self, maker: Global, arguments: object) -> None:
        self.maker, self.arguments = maker, arguments
        self.state: object = None
        self.element: int | None = None
        self.depth, self.held = 1, False


class Data:
    """Bytes or a long text: only its kind and its length matter."""

    __slots__ = ("kind", "size")

    def __init__(self, kind: str, size: int) -> None:
        self.kind, self.size = kind, size


@lru_cache(maxsize=4096)
def data(kind: str, size: int) -> Data:
    """One symbol for all data of this kind and size: models hold many of the same."""
    return Data(kind, size)


class Items:
    """A list or a set: its first items and its length; `slow_keys`: a set of them is refused."""

    __slots__ = ("_known", "depth", "held", "kind", "sealed", "size", "slow_keys")

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.depth, self.held, self.sealed, self.slow_keys = 1, False, False, False
        self._known: list[object] = []
        self.size = 0

    @property
    def known(self) -> Sequence[object]:
        """The first items. Seals the list."""
        self.sealed = True
        return self._known

    def extend(self, items: Sequence[object]) -> None:
        if self.size < MOST_KNOWN:
            self._known += items[: MOST_KNOWN - self.size]
        self.size += len(items)


class Table:
    """A dict: what its first text keys hold, and how many entries it was given.

    `whole` when those keys are all there is in it.
    """

    __slots__ = ("_known", "depth", "held", "sealed", "size", "whole")

    def __init__(self) -> None:
        self.depth, self.held, self.sealed = 1, False, False
        self._known: dict[str, object] | None = None
        self.size = 0
        self.whole = True

    @property
    def known(self) -> Mapping[str, object]:
        """What the first text keys hold. Seals the dict."""
        self.sealed = True
        return self._known or {}

    def put(self, items: Sequence[object]) -> None:
        """Note keys and values, which take turns."""
        if (known := self._known) is None:
            known = self._known = {}
        self.size += len(items) // 2
        keys = items[::2]
        if len(known) + len(keys) <= MOST_KNOWN and set(map(type, keys)) == {str}:
            known.update(zip(keys, items[1::2], strict=True))  # type: ignore[arg-type]
            return
        pairs = iter(items)
        for key in pairs:
            value = next(pairs)
            if type(key) is str and (len(known) < MOST_KNOWN or key in known):
                known[key] = value
            else:
                self.whole = False

    def forget(self) -> None:
        """What it holds was judged, and is not looked at again."""
        self._known = None
        self.whole = False


class Float:
    """Any float: its value decides nothing while reading."""

    __slots__ = ()


class Mark:
    """The pickle machine's MARK."""

    __slots__ = ()


MARK: Final = Mark()
FLOAT: Final = Float()
