"""One object of a skops file's schema after the other, as pickle writes it: what all share."""

from typing import Any

from shared.adapters.conversion.scan.archive import Archive
from shared.adapters.conversion.scan.pickle_writer import PickleWriter

Node = dict[str, Any]


class NodeWriter:
    """Writes nodes of `archive`'s schema on `writer`; each subclass knows some kinds."""

    def __init__(self, archive: Archive, writer: PickleWriter) -> None:
        self._archive, self._writer = archive, writer
        self._seen: dict[int, int] = {}

    def write(self, node: Node) -> None:
        """One object and everything inside it; one that came before is recalled."""
        raise NotImplementedError

    def _remember(self, node: Node) -> None:
        """Call when the object is on top of the stack, before what could hold it again."""
        number = self._writer.memoize()
        if type(node.get("__id__")) is int:
            self._seen[node["__id__"]] = number

    def _items(self, items: list[Node], end: bytes) -> None:
        self._writer.opcodes(b"(")
        for item in items:
            self.write(item)
        self._writer.opcodes(end)
