"""Loads a model with joblib's unpickler, restricted to the names that the scan allows.

Second line behind the scan, and only ever used inside the sandbox.
"""

from io import BufferedReader
from types import BuiltinFunctionType, FunctionType
from typing import Any

from shared.conversion import allowlist
from shared.conversion.payload import MEMMAP


class ForbiddenName(ValueError):
    """The file asked for something that the allow-list does not hold."""


def load_model(stream: BufferedReader) -> Any:
    """`stream`: unpacked bytes. Arrays that were mapped from files become plain ones.

    ForbiddenName, or whatever a damaged pickle raises.
    """
    from joblib.numpy_pickle import NumpyUnpickler

    class ModelUnpickler(NumpyUnpickler):  # type: ignore[misc]
        dispatch = NumpyUnpickler.dispatch.copy()

        def find_class(self, module: str, name: str) -> Any:
            if not allowlist.is_allowed(module, name):
                raise ForbiddenName(f"{module}.{name}")
            if (module, name) == MEMMAP:
                name = "ndarray"
            return super().find_class(module, name)

        def load_build(self) -> None:
            """State is for objects: given to a class or function it would change the library."""
            if isinstance(self.stack[-2], type | FunctionType | BuiltinFunctionType):
                raise ForbiddenName(f"state for {self.stack[-2]!r}")
            super().load_build()

        dispatch[b"b"[0]] = load_build

    _import_extension_by_its_old_name()
    return ModelUnpickler("", stream, ensure_native_byte_order=True).load()


def _import_extension_by_its_old_name() -> None:
    """Files of some releases name this extension `_loss`, which exists once it is imported."""
    import sklearn._loss._loss  # noqa: F401
