"""The objects of a skops file's schema, each written with the opcodes that pickle has for it."""

import json
from collections.abc import Callable, Mapping

from serving.model_file.findings import Refused
from shared.adapters.conversion.scan.skops_arrays import Arrays
from shared.adapters.conversion.scan.skops_containers import Containers
from shared.adapters.conversion.scan.skops_node_writer import Node
from shared.adapters.conversion.scan.skops_objects import Objects


class Nodes(Containers, Objects, Arrays):
    """Writes the nodes of `archive`'s schema on `writer`.

    Refused for what no model holds. KeyError, TypeError, ValueError, AttributeError where a node is
    not as skops writes it.
    """

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
