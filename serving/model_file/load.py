"""Loads canonical model files: checked byte for byte, built from listed names only, then judged."""

import importlib
import os
import pickle
from collections.abc import Callable
from io import BufferedReader
from pathlib import Path
from typing import IO, Any

from serving.model_file import names
from serving.model_file.calls_of_arrow import STAND_INS as TEXT_STAND_INS
from serving.model_file.canonical import check_canonical
from serving.model_file.findings import Findings, Refused
from serving.model_file.inert import inert
from serving.model_file.making import checked
from serving.model_file.pieces import Pieces
from serving.model_file.rewrite import rewritten
from serving.model_file.source import CHUNK


def load_model(path: Path) -> Any:
    """The model in the canonical file at `path`. Refused, Unreadable or Unfit say why not."""
    with path.open("rb") as file:
        return load_canonical(file)


def load_canonical(file: IO[bytes]) -> Any:
    """The model in the canonical file that is open for reading, from its beginning."""
    from serving.model_file.judge import judge

    file.seek(0)
    check_canonical(file, Findings())
    file.seek(0)
    model = Loader(file).load()
    judge(model, allowed=is_listed, cpus=os.cpu_count() or 1)
    return model


Found = Callable[[str, str, Any], Any]
"""What a loader takes for a name: asked with its module, the name, and what is found there."""


def _as_it_is(_: str, __: str, found: Any) -> Any:
    return found


def load_upload(stream: IO[bytes], findings: Findings, also: Found = _as_it_is) -> Any:
    """What an uploaded, unpacked pickle on `stream` holds, loaded from its rewritten form.

    Only inside walls. `also` may put a check in the place of what a name stands for. Refused or
    Unreadable, or whatever building a damaged object raises.
    """
    pieces = rewritten(stream, findings, uploads=True)
    return UploadLoader(BufferedReader(Pieces(pieces), CHUNK), also).load()


def is_listed(module: str, name: str) -> bool:
    """Whether a model may hold this class or function."""
    return names.use_of(module, name) not in (None, *names.ONLY_IN_UPLOADS)


_TEXTS = "serving.model_file.uploaded_texts"
_STAND_INS = {
    ("serving.model_file.uploaded", "ArrayHeader"),
    ("serving.model_file.uploaded", "array_of"),
    *((_TEXTS, name) for name in TEXT_STAND_INS.values()),
}
"""What only rewritten uploads name: our own stand-ins for joblib's and pyarrow's makers."""


class Loader(pickle.Unpickler):
    """Builds a canonical file's objects: every name is looked up in the list."""

    def find_class(self, module: str, name: str) -> Any:
        if not is_listed(module, name):
            raise Refused(f"{module}.{name}"[:300])
        return _found(module, name)


class UploadLoader(pickle.Unpickler):
    """Builds a rewritten upload's objects; what is inert becomes a placeholder."""

    def __init__(self, stream: IO[bytes], also: Found = _as_it_is) -> None:
        super().__init__(stream)
        self._also = also

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _STAND_INS:
            return _found(module, name)
        use = names.use_of(module, name)
        if use == names.INERT:
            return inert(module, name)
        if use in (None, names.WRAPPER, names.FOREIGN):
            raise Refused(f"{module}.{name}"[:300])
        return self._also(module, name, _found(module, name))


def _found(module: str, name: str) -> Any:
    if module == "_loss":  # some releases built sklearn._loss._loss under this name
        importlib.import_module("sklearn._loss._loss")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return checked(module, name, found)
