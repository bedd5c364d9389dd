"""The objects of a skops file's schema, each written with the opcodes that pickle has for it."""

import json
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from serving.model_file.findings import Refused
from shared.adapters.conversion.scan.archive import Archive, open_zip
from shared.adapters.conversion.scan.npy import OBJECT, begin_array, is_shape, read_npy
from shared.adapters.conversion.scan.pickle_writer import PickleWriter

MAX_SPARSE_BYTES = 64 << 20
_RANDOM = "numpy.random._pickle"
_UFUNCS = ("numpy.core._multiarray_umath", "numpy._core._multiarray_umath")
_MADE_EMPTY = (
    "sklearn.neighbors._kd_tree",
    "sklearn.neighbors._ball_tree",
    "sklearn.metrics._dist_metrics",
    "sklearn.neighbors._dist_metrics",
)
"""Modules of compiled classes that pickle makes by the module's own newObj(class)."""
_CALLED_EMPTY = {("collections", "OrderedDict"), ("collections", "Counter")}
_ARRAYS = {"ndarray": "ndarray", "memmap": "ndarray", "matrix": "matrix"}
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
_SPARSE = {"csr": ("indices", "indptr"), "csc": ("indices", "indptr"), "dia": ("offsets",)}
"""What each kind of sparse matrix has besides `data`."""

Node = dict[str, Any]


class Nodes:
    """Writes the nodes of `archive`'s schema on `writer`.

    Refused for what no model holds. KeyError, TypeError, ValueError, AttributeError where a node is
    not as skops writes it.
    """

    def __init__(self, archive: Archive, writer: PickleWriter) -> None:
        self._archive, self._writer = archive, writer
        self._seen: dict[int, int] = {}

    def write(self, node: Node) -> None:
        """One object and everything inside it; one that came before is recalled."""
        loader, number = node["__loader__"], node.get("__id__")
        if loader == "JsonNode":
            self._json(json.loads(node["content"]))
        elif type(number) is int and number in self._seen:
            self._writer.recall(self._seen[number])
        elif write := _LOADERS.get(loader):
            write(self, node)
        else:
            owner = f"{node['__module__']}.{node['__class__']}"
            raise Refused(f"A skops file that makes {owner[:100]} by {str(loader)[:40]}")

    def _remember(self, node: Node) -> None:
        """Call when the object is on top of the stack, before what could hold it again."""
        number = self._writer.memoize()
        if type(node.get("__id__")) is int:
            self._seen[node["__id__"]] = number

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

    # containers

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

    def _items(self, items: list[Node], end: bytes) -> None:
        self._writer.opcodes(b"(")
        for item in items:
            self.write(item)
        self._writer.opcodes(end)

    def _builtin(self, node: Node, name: str) -> None:
        if (node["__module__"], node["__class__"]) != ("builtins", name):
            raise Refused(f"A kind of {name} of its own ({node['__module__']}.{node['__class__']})")

    def _slice(self, node: Node) -> None:
        content = node["content"]
        self._writer.name("builtins", "slice")
        self._writer.constant((content["start"], content["stop"], content["step"]))
        self._writer.opcodes(b"R")

    # names, objects, calls

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

    # bytes and arrays

    def _bytes(self, node: Node) -> None:
        opcode = b"\x96" if node["__loader__"] == "BytearrayNode" else b"\x8e"
        name = node["file"]
        self._writer.member(opcode, self._archive, name, 0, self._archive.sizes[name])
        self._remember(node)

    def _array(self, node: Node) -> None:
        module, owner = node["__module__"], node["__class__"]
        if module != "numpy" and (module, owner) != ("numpy.matrixlib.defmatrix", "matrix"):
            raise Refused(f"An array of an unusual class ({module}.{owner})"[:200])
        if node["type"] != "numpy":
            self._array_of_objects(node)
            return
        name = node["file"]
        npy = read_npy(self._archive, name, self._archive.sizes[name])
        if owner in _ARRAYS:
            number = npy.write(self._writer, self._archive, name, _ARRAYS[owner])
            if type(node.get("__id__")) is int:
                self._seen[node["__id__"]] = number
        else:
            npy.write_scalar(self._writer, self._archive, name)
            self._remember(node)

    def _array_of_objects(self, node: Node) -> None:
        shape = tuple(json.loads(length["content"]) for length in node["shape"]["content"])
        if not is_shape(shape) or node["__class__"] not in _ARRAYS:
            raise Refused("An array of an unusual shape")
        number = begin_array(self._writer, "ndarray", OBJECT, shape, fortran=False)
        items = node["content"]
        for _ in shape[1:]:
            items = [item for row in items for item in row["content"]]
        if type(node.get("__id__")) is int:
            self._seen[node["__id__"]] = number
        self._writer.opcodes(b"]")
        self._items(items, b"e")
        self._writer.opcodes(b"tb")

    def _dtype(self, node: Node) -> None:
        array = node["content"]
        if array["type"] == "numpy":
            name = array["file"]
            read_npy(self._archive, name, self._archive.sizes[name]).dtype.write(self._writer)
        else:
            OBJECT.write(self._writer)
        self._remember(node)

    def _nothing(self, _: Node) -> None:
        """Masked arrays: searches keep their results in them, and predict without."""
        self._writer.opcodes(b"N")

    def _sparse(self, node: Node) -> None:
        """A member of kind .npz, itself a zip of arrays; its class is given their values."""
        name = node["file"]
        if self._archive.sizes[name] > MAX_SPARSE_BYTES:
            raise Refused(f"A sparse matrix of more than {MAX_SPARSE_BYTES >> 20} MB")
        with self._archive.open(name) as stream:
            inner = open_zip(BytesIO(stream.read()))
        kind = node["__class__"].partition("_")[0]
        if kind not in _SPARSE:
            raise Refused(f"A sparse matrix of the kind {kind[:20]}")
        with inner.open("shape.npy") as stream:
            numbers = memoryview(stream.read()[-16:]).cast("q")
        self._writer.name(node["__module__"], node["__class__"])
        self._writer.opcodes(b")\x81")
        self._remember(node)
        self._writer.opcodes(b"}(")
        self._writer.constant("_shape")
        self._writer.constant(tuple(numbers))
        self._writer.constant("maxprint")
        self._writer.constant(50)
        for part in ("data", *_SPARSE[kind]):
            self._writer.constant(part)
            member = f"{part}.npy"
            npy = read_npy(inner, member, inner.sizes[member])
            npy.write(self._writer, inner, member, "ndarray")
        self._writer.opcodes(b"ub")

    def _random_state(self, node: Node) -> None:
        self._generator_of(node, "__randomstate_ctor", node["content"])

    def _random_generator(self, node: Node) -> None:
        content = node["content"]
        numbers = content if "__loader__" in content else content["bit_generator"]
        self._generator_of(node, "__generator_ctor", numbers)

    def _generator_of(self, node: Node, maker: str, numbers: Node) -> None:
        """A source of random numbers, made by the name of its generator and given its numbers."""
        self._writer.name(_RANDOM, maker)
        self.write(numbers["content"]["bit_generator"])
        self._writer.opcodes(b"\x85R")
        self._remember(node)
        self.write(numbers)
        self._writer.opcodes(b"b")


_LOADERS: Mapping[object, Callable[[Nodes, Node], None]] = {
    "DictNode": Nodes._dict,
    "DefaultDictNode": Nodes._default_dict,
    "_DictWithDeprecatedKeysNode": Nodes._plain_dict,
    "ListNode": Nodes._list,
    "SetNode": Nodes._set,
    "TupleNode": Nodes._tuple,
    "SliceNode": Nodes._slice,
    "FunctionNode": Nodes._name,
    "TypeNode": Nodes._name,
    "ObjectNode": Nodes._object,
    "ConstructorFromReduceNode": Nodes._call,
    "TreeNode": Nodes._reduced,
    "LossNode": Nodes._reduced,
    "PartialNode": Nodes._partial,
    "BytesNode": Nodes._bytes,
    "BytearrayNode": Nodes._bytes,
    "NdArrayNode": Nodes._array,
    "DTypeNode": Nodes._dtype,
    "MaskedArrayNode": Nodes._nothing,
    "SparseMatrixNode": Nodes._sparse,
    "RandomStateNode": Nodes._random_state,
    "RandomGeneratorNode": Nodes._random_generator,
}
