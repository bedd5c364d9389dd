"""What a model file is, told by its bytes and never by its name, and its model as a stream.

A file is a pickle (of joblib or pickle, compressed or not), a skops file, an MLflow model folder in
a zip or tar, or a native model of XGBoost or LightGBM. Whatever else it is, the refusal names it.
Archives are opened by modules of their own, imported for them alone: most files are none, and the
imports are most of what a scan of a small file takes.
"""

from typing import IO

from shared.adapters.conversion.scan import native
from shared.adapters.conversion.scan.decompress import unpacked
from shared.adapters.conversion.scan.foreign_bytes import by_first_bytes
from shared.adapters.conversion.scan.opened import HEAD, Kind, Opened, open_native
from shared.adapters.conversion.scan.refusal import Refusal, Turned


def open_form(file: IO[bytes]) -> Opened:
    """The model in `file`, which can be sought in and has to stay open.

    Turned says why it is not read; Refused and Unreadable come from damaged or odd archives.
    """
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        from shared.adapters.conversion.scan import forms_archived

        return forms_archived.in_zip(file)
    if refusal := by_first_bytes(head):
        raise Turned(refusal)
    if _is_tar(head):
        return _in_tar(file)
    if format_ := native.format_of(head):
        file.seek(0)
        return open_native(file, format_, "")
    if head.startswith(b"\x80"):
        return Opened(Kind.PICKLE, unpacked(file))
    return _unnamed(file, head)


def _unnamed(file: IO[bytes], head: bytes) -> Opened:
    """A compressed file, or one that is no model: told by what it unpacks to, or as text."""
    from shared.adapters.conversion.scan.foreign_archives import ZIP, compressed_again
    from shared.adapters.conversion.scan.foreign_text import by_text, is_text

    try:
        inside = unpacked(file).read(HEAD)
    except ValueError:  # a text may begin like a compressed file
        if not is_text(head):
            raise
        inside = head
    if inside == head:
        raise Turned(by_text(head))
    if _is_tar(inside):
        return _in_tar(file)
    if inside.startswith(ZIP):
        raise Turned(compressed_again(inside))
    if refusal := by_first_bytes(inside):
        raise Turned(refusal)
    if not inside.startswith(b"\x80"):
        raise Turned(_compressed_native() if native.format_of(inside) else by_text(inside))
    return Opened(Kind.PICKLE, unpacked(file))


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"


def _in_tar(file: IO[bytes]) -> Opened:
    from shared.adapters.conversion.scan import forms_archived

    return forms_archived.in_tar(file)


def _compressed_native() -> Refusal:
    return Refusal(
        "model_unsupported",
        "The file is a compressed native XGBoost or LightGBM model.",
        "Upload it as the library saved it, without compressing it.",
    )
