"""skops files, written as the pickle of the same model, which the one reader then judges.

A skops file is a zip: schema.json describes the objects, .npy and .npz members hold their arrays.
skops itself never reads it here: what it would import, call and construct is decided by the same
list of names and calls as for any pickle.
"""

import json
import re
from collections.abc import Iterator
from io import BufferedReader
from typing import Any

from serving.model_file.findings import Refused, Unreadable
from serving.model_file.pieces import Pieces
from shared.adapters.conversion.scan.archive import Archive
from shared.adapters.conversion.scan.decompress import CHUNK
from shared.adapters.conversion.scan.pickle_writer import PickleWriter
from shared.adapters.conversion.scan.skops_nodes import Nodes

SCHEMA = "schema.json"
MAX_SCHEMA_BYTES = 32 << 20
NEWEST_PROTOCOL = 2
_VERSION = re.compile(r"\d+\.\d+[\w.+]{0,30}")


def as_pickle(archive: Archive) -> BufferedReader:
    """The model of a skops file as a pickle stream. Refused or Unreadable."""
    return BufferedReader(Pieces(_pieces(archive)), CHUNK)


def _pieces(archive: Archive) -> Iterator[bytes]:
    schema = read_schema(archive)
    writer = PickleWriter()
    try:
        Nodes(archive, writer).write(schema)
    except RecursionError:
        raise Refused("Objects inside each other without end") from None
    except (KeyError, TypeError, AttributeError, ValueError) as damage:
        if isinstance(damage, Refused | Unreadable):
            raise
        raise Unreadable("The skops file is damaged: its schema.json is not complete.") from None
    yield from writer.pieces()


def read_schema(archive: Archive) -> dict[str, Any]:
    """schema.json, of a protocol that is known. Refused or Unreadable."""
    if archive.sizes[SCHEMA] > MAX_SCHEMA_BYTES:
        raise Refused(f"A skops file whose schema.json has more than {MAX_SCHEMA_BYTES >> 20} MB")
    with archive.open(SCHEMA) as stream:
        data = stream.read(MAX_SCHEMA_BYTES + 1)
    try:
        schema = json.loads(data, object_pairs_hook=_object)
    except (ValueError, RecursionError) as damage:
        if isinstance(damage, Refused):
            raise
        raise Unreadable("The skops file is damaged: its schema.json is no JSON.") from None
    if not isinstance(schema, dict) or type(protocol := schema.get("protocol")) is not int:
        raise Unreadable("The skops file is damaged: its schema.json says no protocol.")
    if not 0 <= protocol <= NEWEST_PROTOCOL:
        raise Refused(f"A skops file of protocol {protocol}; {NEWEST_PROTOCOL} is the newest known")
    return schema


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("A skops file whose schema.json says one thing twice")
    return found
