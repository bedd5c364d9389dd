"""A model that was found in a file, ready to be read once."""

from collections.abc import Mapping
from enum import Enum
from io import BytesIO
from types import MappingProxyType
from typing import IO, NamedTuple

from serving.model_file.boosters.native import Format, NativeModel
from shared.adapters.conversion.scan import native

HEAD = 2048
"""The first bytes, by which forms are told from one another."""


class Kind(Enum):
    """What the stream of an opened file is."""

    PICKLE = "pickle"
    """For the reader of pickles; skops files are read as pickles, too."""
    NATIVE = "native"
    """All of a native model, whose description is `described`."""


class Opened(NamedTuple):
    """A file's model, ready to be read once."""

    kind: Kind
    stream: IO[bytes]
    note: str = ""
    """For the deployment's timeline: where the model was found. Empty for a plain pickle."""
    described: NativeModel | None = None
    versions: Mapping[str, str] = MappingProxyType({})
    """Library to version, as far as the form tells them outside of the model; "": not at all."""


def open_native(stream: IO[bytes], format_: Format, note: str) -> Opened:
    """The native model that `stream` holds and nothing else. Turned, Refused or Unreadable."""
    raw = stream.read(native.MAX_BYTES[format_] + 1)
    model = native.read(raw, format_)
    note = note or f"Read a native {model.library} model ({format_.value})."
    versions = {model.library: model.version or "unknown"}
    return Opened(Kind.NATIVE, BytesIO(raw), note, described=model, versions=versions)
