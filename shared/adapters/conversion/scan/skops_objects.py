"""Objects of a skops file: names, what is made and given a state, what is called."""

from shared.adapters.conversion.scan.skops_node_writer import Node, NodeWriter

_UFUNCS = ("numpy.core._multiarray_umath", "numpy._core._multiarray_umath")
_MADE_EMPTY = (
    "sklearn.neighbors._kd_tree",
    "sklearn.neighbors._ball_tree",
    "sklearn.metrics._dist_metrics",
    "sklearn.neighbors._dist_metrics",
)
"""Modules of compiled classes that pickle makes by the module's own newObj(class)."""


class Objects(NodeWriter):
    """Nodes that name, make or call something."""

    def _name(self, node: Node) -> None:
        module, name = node["__module__"], node["__class__"]
        self._writer.name("numpy" if module in _UFUNCS else module, name)

    def _object(self, node: Node) -> None:
        module = node["__module__"]
        if module in _MADE_EMPTY:
            self._writer.name(module, "newObj")
            self._writer.name(module, node["__class__"])
            self._writer.opcodes(b"\x85R")
        else:
            self._writer.name(module, node["__class__"])
            self._writer.opcodes(b")\x81")
        self._remember(node)
        self._state(node.get("content"))

    def _state(self, content: Node | None) -> None:
        """What an object is given after it was made; nothing where that is empty."""
        if content is None or content.get("content") in ([], {}, "null"):
            return
        self.write(content)
        self._writer.opcodes(b"b")

    def _call(self, node: Node) -> None:
        self._writer.name(node["__module__"], node["__class__"])
        self.write(node["content"])
        self._writer.opcodes(b"R")
        self._remember(node)

    def _reduced(self, node: Node) -> None:
        self._writer.name(node["__module__"], node["__class__"])
        self.write(node["__reduce__"]["args"])
        self._writer.opcodes(b"R")
        self._remember(node)
        self._state(node["content"])

    def _partial(self, node: Node) -> None:
        content = node["content"]
        self._writer.name("functools", "partial")
        self.write(content["func"])
        self._writer.opcodes(b"\x85R")
        self._remember(node)
        self._writer.opcodes(b"(")
        for part in ("func", "args", "kwds", "namespace"):
            self.write(content[part])
        self._writer.opcodes(b"tb")
