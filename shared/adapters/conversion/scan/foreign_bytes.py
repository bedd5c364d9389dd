"""Files that are told by their first bytes: other libraries' models, tables, documents."""

from shared.adapters.conversion.scan.foreign import (
    RESAVE,
    UPLOAD_MODEL,
    foreign,
    no_model,
    unreadable,
)
from shared.adapters.conversion.scan.refusal import Refusal

_LIBRARY_MAGIC = (
    (b"\x89HDF\r\n", "Keras", "an HDF5 file, as Keras and TensorFlow save models"),
    (b"GGUF", "GGUF", "a GGUF language model"),
    (b"CBM1", "CatBoost", "a native CatBoost model (.cbm)"),
    (b"\x08\x01\x12", "TensorFlow", "a TensorFlow SavedModel"),
    (b"\xac\xed\x00\x05", "Java", "a serialized Java object, as Spark and Weka save models"),
    (b"\x93NUMPY", "numpy", "a numpy array"),
    (b"RDX2\n", "R", "an R data file"),
    (b"RDX3\n", "R", "an R data file"),
    (b"RDA2\n", "R", "an R data file"),
    (b"RDA3\n", "R", "an R data file"),
    (b"X\n\x00\x00\x00", "R", "an R object (.rds)"),
    (b"MATLAB 5.0", "MATLAB", "a MATLAB file"),
    (b"unity", "Unity", "a Unity file"),
)
_DATA_MAGIC = (
    (b"PAR1", "a Parquet table"),
    (b"ARROW1", "an Arrow table"),
    (b"FEA1", "a Feather table"),
    (b"SQLite format 3", "an SQLite database"),
    (b"Obj\x01", "an Avro table"),
    (b"ORC", "an ORC table"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
)
_COMPRESSED = {
    b"\x04\x22\x4d\x18": "lz4",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x1f\x9d": "compress (.Z)",
}
_OLD_TORCH = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""PyTorch's magic number, a pickle of its own before the model."""


def by_first_bytes(head: bytes) -> Refusal | None:
    """The refusal of a binary file that is recognised; None for others."""
    if not head:
        return unreadable("The file is empty.", f"{UPLOAD_MODEL} Check that the upload ended.")
    if head.startswith(b"version https://git-lfs.github.com/spec"):
        return unreadable(
            "The file is a Git LFS pointer: the address of the model, not the model.",
            "Run git lfs pull, and upload the real file.",
        )
    if head.startswith(b"ZF"):
        return unreadable("The file was written by a joblib older than 0.10.", RESAVE)
    for magic, codec in _COMPRESSED.items():
        if head.startswith(magic):
            return unreadable(f"The file is compressed with {codec}, which is not read.", RESAVE)
    if head.startswith((b"PK\x05\x06", b"PK\x07\x08")):
        return unreadable("The file is an empty or a split zip archive.", UPLOAD_MODEL)
    if _is_onnx(head):
        return foreign("ONNX", "an ONNX model")
    if head[4:8] == b"TFL3":
        return foreign("TensorFlow", "a TensorFlow Lite model")
    if 2 <= int.from_bytes(head[:8], "little") <= 100 << 20 and head[8:10] == b'{"':
        return foreign("PyTorch", "a safetensors file, as PyTorch and Transformers save weights")
    if head[:1] == b"\x80" and _OLD_TORCH in head[:32]:
        return foreign("PyTorch", "a PyTorch model of an old form")
    if _is_old_xgboost(head):
        return Refusal(
            "model_unsupported",
            "The file is a native XGBoost model in the old binary form, which XGBoost itself no"
            " longer reads.",
            "Load it with the XGBoost that saved it and save it as model.save_model('model.json')"
            " or 'model.ubj'.",
        )
    for magic, library, what in _LIBRARY_MAGIC:
        if head.startswith(magic):
            return foreign(library, what)
    for magic, what in _DATA_MAGIC:
        if head.startswith(magic):
            return no_model(what)
    return None


def _is_onnx(head: bytes) -> bool:
    """ModelProto: the number of its version, then its producer, its graph or its operators."""
    return head[:1] == b"\x08" and 2 < head[1] < 32 and head[2:3] in (b"\x12", b"\x3a", b"\x42")


def _is_old_xgboost(head: bytes) -> bool:
    if head.startswith((b"binf", b"bs64")):
        return True
    known = (b"gbtree", b"gblinear", b"dart")
    return head[3:4] == b"\x3f" and b"\0" in head and any(name in head[:400] for name in known)
