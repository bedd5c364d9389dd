"""What is compared while fuzzing: the rewriter, C's unpickler and Python's over what it wrote."""

import io
import pickle
import warnings
from typing import Any

from serving.model_file.findings import Findings, Refused, Unreadable
from serving.model_file.load import UploadLoader
from serving.model_file.rewrite import examine, rewritten


class Disagreement(AssertionError):
    """Two readers saw different things in the same bytes."""


class PythonLoader(pickle._Unpickler):
    """Python's unpickler over the same list of names."""

    def find_class(self, module: str, name: str) -> Any:
        return UploadLoader(io.BytesIO()).find_class(module, name)


def canonical(data: bytes, *, uploads: bool = True) -> bytes | None:
    """What the rewriter makes of the bytes; None where it refuses. Nothing else may be raised."""
    try:
        return b"".join(rewritten(io.BytesIO(data), Findings(), uploads=uploads))
    except (Refused, Unreadable):
        return None


def examined(data: bytes) -> bool:
    """Whether the scan, which writes nothing, finds no reason to refuse the bytes."""
    findings = Findings()
    try:
        examine(io.BytesIO(data), findings)
    except (Refused, Unreadable):
        return False
    return not (findings.forbidden or findings.reasons)


def _loaded(loader: type[Any], data: bytes) -> tuple[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return "loaded", loader(io.BytesIO(data)).load()
        except Refused as reason:
            raise Disagreement(f"a name that the rewriter let pass: {reason}") from None
        except Exception as error:
            return "raised", type(error).__name__


def check(data: bytes) -> bool:
    """Whether the rewriter accepts `data`. Disagreement where the readers do not agree on it."""
    found = canonical(data)
    if examined(data) != (found is not None):
        raise Disagreement("what the scan allows is refused for loading, or the reverse")
    if found is None:
        return False
    if b"serving.model_file.uploaded" not in found:
        again = canonical(found, uploads=False)
        if again is not None and again != found:
            raise Disagreement("what was rewritten is not rewritten to itself")
    ended, value = _loaded(UploadLoader, found)
    ended_in_python, other = _loaded(PythonLoader, found)
    if ended != ended_in_python:
        raise Disagreement(f"C {ended}, Python {ended_in_python} ({value!r:.80}, {other!r:.80})")
    if ended == "loaded" and _pickled(value) != _pickled(other):
        raise Disagreement("C and Python loaded different values")
    return True


def _pickled(value: Any) -> bytes | None:
    """The value as plain pickle writes it, without a memo, which shows only what was interned."""
    target = io.BytesIO()
    pickler = pickle._Pickler(target, 5)
    pickler.fast = True
    try:
        pickler.dump(value)
    except Exception:
        return None
    return target.getvalue()
