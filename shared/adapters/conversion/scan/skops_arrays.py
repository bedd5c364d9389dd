"""Arrays of a skops file: bytes, numpy's arrays and scalars, sparse matrices, random states."""

import json
from io import BytesIO

from serving.model_file.findings import Refused
from shared.adapters.conversion.scan.archive import open_zip
from shared.adapters.conversion.scan.npy import OBJECT, begin_array, is_shape, read_npy
from shared.adapters.conversion.scan.skops_node_writer import Node, NodeWriter

MAX_SPARSE_BYTES = 64 << 20
_RANDOM = "numpy.random._pickle"
_ARRAYS = {"ndarray": "ndarray", "memmap": "ndarray", "matrix": "matrix"}
_SPARSE = {"csr": ("indices", "indptr"), "csc": ("indices", "indptr"), "dia": ("offsets",)}
"""What each kind of sparse matrix has besides `data`."""


class Arrays(NodeWriter):
    """Nodes whose content lies in a file of its own beside the schema."""

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
