"""Containers of a skops file: dicts, lists, sets, tuples, slices, and values as JSON."""

from collections.abc import Callable, Mapping

from serving.model_file.findings import Refused
from shared.adapters.conversion.scan.skops_node_writer import Node, NodeWriter

_CALLED_EMPTY = {("collections", "OrderedDict"), ("collections", "Counter")}
_KEYS: Mapping[tuple[str, str], Callable[[str], object]] = {
    ("builtins", "str"): str,
    ("numpy", "str_"): str,
    ("builtins", "int"): int,
    ("builtins", "float"): float,
    ("builtins", "bool"): lambda text: {"true": True, "false": False}[text.lower()],
    **{("numpy", f"{sign}int{bits}"): int for sign in ("", "u") for bits in (8, 16, 32, 64)},
    **{("numpy", f"float{bits}"): float for bits in (16, 32, 64)},
}
"""From JSON's texts back to the keys of a dict."""


class Containers(NodeWriter):
    """Nodes that hold other nodes."""

    def _json(self, value: object) -> None:
        opcodes = self._writer.opcodes
        if isinstance(value, list):
            opcodes(b"](")
            for item in value:
                self._json(item)
            opcodes(b"e")
        elif isinstance(value, dict):
            opcodes(b"}(")
            for key, item in value.items():
                self._json(key)
                self._json(item)
            opcodes(b"u")
        else:
            self._writer.constant(value)

    def _dict(self, node: Node) -> None:
        owner = (node["__module__"], node["__class__"])
        if owner == ("builtins", "dict"):
            self._writer.opcodes(b"}")
        else:
            self._writer.name(*owner)
            self._writer.opcodes(b")R" if owner in _CALLED_EMPTY else b")\x81")
        self._remember(node)
        self._entries(node)

    def _entries(self, node: Node) -> None:
        kinds, entries = node["key_types"]["content"], node["content"]
        if len(kinds) != len(entries):
            raise ValueError
        self._writer.opcodes(b"(")
        for kind, (text, value) in zip(kinds, entries.items(), strict=True):
            pair = (kind["__module__"], kind["__class__"])
            if pair == ("builtins", "NoneType") or pair not in _KEYS:
                raise Refused(f"A dict with keys of the kind {pair[0]}.{pair[1]}"[:200])
            self._writer.constant(_KEYS[pair](text))
            self.write(value)
        self._writer.opcodes(b"u")

    def _default_dict(self, node: Node) -> None:
        self._writer.name("collections", "defaultdict")
        self.write(node["content"]["default_factory"])
        self._writer.opcodes(b"\x85R")
        self._remember(node)
        self._entries(node["content"]["main"])

    def _plain_dict(self, node: Node) -> None:
        self.write(node["content"]["main"])

    def _list(self, node: Node) -> None:
        self._builtin(node, "list")
        self._writer.opcodes(b"]")
        self._remember(node)
        self._items(node["content"], b"e")

    def _set(self, node: Node) -> None:
        self._builtin(node, "set")
        self._writer.opcodes(b"\x8f")
        self._remember(node)
        self._items(node["content"], b"\x90")

    def _tuple(self, node: Node) -> None:
        self._builtin(node, "tuple")
        self._items(node["content"], b"t")
        self._remember(node)

    def _builtin(self, node: Node, name: str) -> None:
        if (node["__module__"], node["__class__"]) != ("builtins", name):
            raise Refused(f"A kind of {name} of its own ({node['__module__']}.{node['__class__']})")

    def _slice(self, node: Node) -> None:
        content = node["content"]
        self._writer.name("builtins", "slice")
        self._writer.constant((content["start"], content["stop"], content["step"]))
        self._writer.opcodes(b"R")
