"""Files that are no model of a supported form: what each is, and what its owner does instead."""

import re
from collections.abc import Sequence

from shared.adapters.conversion.scan.known_names import SERVED, Origin, origin
from shared.adapters.conversion.scan.refusal import Refusal
from shared.adapters.conversion.scan.refusal_names import dangerous_names, unsupported_fix

_SAVE = "joblib.dump(model, 'model.joblib')"
_UPLOAD_MODEL = f"Save the fitted model with {_SAVE} and upload that file."
_RESAVE = f"Save the model again with {_SAVE.replace(')', ', compress=3)')}."

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
_PICKLE_0 = re.compile(
    rb"\((?:S['\"]|V|[IFL]-?\d)|\(?[cidlp(]?(?:c|i)?[A-Za-z_][\w.]*\n[A-Za-z_][\w.<>]*\n"
)
_NAMED_0 = re.compile(rb"[ci]([A-Za-z_][\w.]*)\n([A-Za-z_][\w.]*)\n")
_PICKLE_1 = re.compile(rb"(?:[]})(]|\(?c)[\w(}\]q]")
_PYTHON = re.compile(r"^(import \w|from [\w.]+ import |def \w+\(|class \w+[(:]|#!.*python)", re.M)
_PICKLES = (".pkl", ".pickle", ".joblib", ".sav", ".jbl", ".skops", ".ubj")


def is_litter(name: str) -> bool:
    """What operating systems put into archives by themselves."""
    last = name.rpartition("/")[2]
    return (
        name.startswith("__MACOSX/")
        or last.startswith("._")
        or last
        in (
            ".DS_Store",
            "Thumbs.db",
            "desktop.ini",
        )
    )


def by_first_bytes(head: bytes) -> Refusal | None:
    """The refusal of a binary file that is recognised; None for others."""
    if not head:
        return _unreadable("The file is empty.", f"{_UPLOAD_MODEL} Check that the upload ended.")
    if head.startswith(b"version https://git-lfs.github.com/spec"):
        return _unreadable(
            "The file is a Git LFS pointer: the address of the model, not the model.",
            "Run git lfs pull, and upload the real file.",
        )
    if head.startswith(b"ZF"):
        return _unreadable("The file was written by a joblib older than 0.10.", _RESAVE)
    for magic, codec in _COMPRESSED.items():
        if head.startswith(magic):
            return _unreadable(f"The file is compressed with {codec}, which is not read.", _RESAVE)
    if head.startswith((b"PK\x05\x06", b"PK\x07\x08")):
        return _unreadable("The file is an empty or a split zip archive.", _UPLOAD_MODEL)
    if _is_onnx(head):
        return _foreign("ONNX", "an ONNX model")
    if head[4:8] == b"TFL3":
        return _foreign("TensorFlow", "a TensorFlow Lite model")
    if 2 <= int.from_bytes(head[:8], "little") <= 100 << 20 and head[8:10] == b'{"':
        return _foreign("PyTorch", "a safetensors file, as PyTorch and Transformers save weights")
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
            return _foreign(library, what)
    for magic, what in _DATA_MAGIC:
        if head.startswith(magic):
            return _no_model(what)
    return None


def _is_onnx(head: bytes) -> bool:
    """ModelProto: the number of its version, then its producer, its graph or its operators."""
    return head[:1] == b"\x08" and 2 < head[1] < 32 and head[2:3] in (b"\x12", b"\x3a", b"\x42")


def _is_old_xgboost(head: bytes) -> bool:
    if head.startswith((b"binf", b"bs64")):
        return True
    known = (b"gbtree", b"gblinear", b"dart")
    return head[3:4] == b"\x3f" and b"\0" in head and any(name in head[:400] for name in known)


def by_text(head: bytes) -> Refusal:
    """The refusal of a file that begins as text, or of one that nothing is known of."""
    text = head.decode("utf-8-sig", "ignore").lstrip()
    if not is_text(head):
        if _PICKLE_1.match(head):
            return _old_protocol(head)
        return _unreadable("Not a joblib or pickle file.", _UPLOAD_MODEL)
    lower = text[:600].lower()
    if lower.startswith(("<!doctype html", "<html")):
        return _unreadable(
            "The file is a web page, such as a login page that was saved instead of the model.",
            f"Download the model again while you are logged in. {_UPLOAD_MODEL}",
        )
    if "<pmml" in lower:
        return _foreign("PMML", "a PMML model")
    if lower.startswith("<"):
        return _no_model("an XML file")
    if text[0] in "{[":
        return _json(text)
    if _PICKLE_0.match(head):
        return _old_protocol(head)
    if _PYTHON.search(text):
        return _no_model("Python source code")
    if _is_csv(text):
        return _no_model("a table of text (CSV)")
    return _no_model("a text file")


def is_text(head: bytes) -> bool:
    """Whether a file that begins so can be read by people."""
    text = head.decode("utf-8-sig", "ignore").strip()
    return b"\0" not in head and 10 * len(text.encode()) > 8 * len(head) and not _controls(text)


def _controls(text: str) -> int:
    return sum(character < " " and character not in "\t\r\n\f" for character in text)


def _json(text: str) -> Refusal:
    squeezed = re.sub(r"\s", "", text)
    if '"nbformat"' in squeezed or squeezed.startswith('{"cells":['):
        return _no_model("a Jupyter notebook")
    if squeezed.startswith('[{"nodeid"') or '"tree_info":[{"tree_index"' in squeezed:
        return _dump("a listing of trees for reading (dump_model), which no library loads again")
    if squeezed.startswith('{"name":"tree","version"'):
        return _dump("LightGBM's dump_model(), which LightGBM does not load again")
    if '"oblivious_trees"' in squeezed or squeezed.startswith('{"features_info"'):
        return _foreign("CatBoost", "a CatBoost model as JSON")
    if '"class_name"' in squeezed and '"config"' in squeezed:
        return _foreign("Keras", "the configuration of a Keras model, without its weights")
    return _no_model("a JSON file that is no XGBoost model")


def _dump(what: str) -> Refusal:
    return _unreadable(
        f"The file is {what}.",
        "Save the model with save_model('model.json') (XGBoost) or save_model('model.txt')"
        f" (LightGBM), or with {_SAVE}.",
    )


def _is_csv(text: str) -> bool:
    """Lines that all have the same separators."""
    lines = [line for line in text.splitlines()[:-1] or text.splitlines() if line][:5]
    return (
        any(
            lines[0].count(mark) > 0 and len({line.count(mark) for line in lines}) == 1
            for mark in ",;\t|"
        )
        if lines
        else False
    )


def by_members(names: Sequence[str]) -> Refusal:
    """The refusal of an archive that is neither a skops file nor an MLflow model folder."""
    last = {name.rpartition("/")[2] for name in names}
    for marks, library, what in (
        ({"saved_model.pb"}, "TensorFlow", "a TensorFlow SavedModel folder"),
        ({"config.json", "metadata.json", "model.weights.h5"}, "Keras", "a Keras model (.keras)"),
        ({"data.pkl"}, "PyTorch", "a PyTorch model"),
        ({"constants.pkl"}, "PyTorch", "a PyTorch model"),
        ({"sys_info", "magic_number"}, "PyTorch", "a PyTorch model of an old form"),
        ({"model.ini"}, "H2O", "an H2O model (MOJO)"),
        ({"learner.pkl", "predictor.pkl"}, "AutoGluon", "an AutoGluon folder"),
        ({"config.json", "pytorch_model.bin"}, "Transformers", "a Transformers model folder"),
        ({"config.json", "model.safetensors"}, "Transformers", "a Transformers model folder"),
        ({"meta.json", "tokenizer"}, "spaCy", "a spaCy model folder"),
    ):
        if marks <= last:
            return _foreign(library, what)
    if any(name.startswith("part-") for name in last) and any("stages/" in n for n in names):
        return _foreign("Spark", "a Spark ML model folder")
    if "[Content_Types].xml" in last:
        return _no_model("an Excel or Word document")
    if names and all(name.endswith(".npy") for name in names):
        return _no_model("a set of numpy arrays (.npz)")
    models = [name for name in names if name.lower().endswith(_PICKLES)]
    if len(models) == 1:
        inner = models[0].rpartition("/")[2][:80]
        return _unreadable(f"The file is an archive that holds {inner}.", f"Upload {inner} itself.")
    if models:
        return _unreadable(
            f"The file is an archive that holds {len(models)} model files.",
            "Upload one of them itself; a model of several parts is saved as one Pipeline.",
        )
    return _unreadable(
        f"The file is an archive of {len(names)} files, none of which is a model that is read:"
        " neither a skops file nor an MLflow model folder (it has no MLmodel).",
        f"{_UPLOAD_MODEL} Of an MLflow model, zip the whole folder that holds MLmodel.",
    )


def several_folders(paths: Sequence[str]) -> Refusal:
    return _unreadable(
        f"The archive holds {len(paths)} MLflow model folders.", "Upload an archive of one of them."
    )


def deep_folder(folder: str) -> Refusal:
    return _unreadable(
        f"The MLflow model lies deep inside the archive, in {folder[:100]}.",
        "Zip the folder that holds MLmodel, not the folders above it.",
    )


def missing_member(path: str) -> Refusal:
    return _unreadable(
        f"The MLflow model folder lacks {path[:80]}, which its MLmodel file names.",
        "Zip the whole folder again.",
    )


def _old_protocol(head: bytes) -> Refusal:
    """Names that reach the system are told first: to save such a file again is no advice."""
    named = [(module.decode(), name.decode()) for module, name in _NAMED_0.findall(head)]
    if dangerous := [pair for pair in named if origin(*pair, SERVED) is Origin.DANGEROUS]:
        return dangerous_names(dangerous, dict.fromkeys(dangerous, "named"))
    return _unreadable(
        "The file is a pickle of protocol 0 or 1; 2 to 5 are read.",
        f"Save the model again with {_SAVE} or pickle.dump(model, file), without a protocol.",
    )


def _foreign(library: str, what: str) -> Refusal:
    if library == "CatBoost":
        fix = f"Save the CatBoostClassifier or CatBoostRegressor itself: {_SAVE}."
    elif library == "numpy":
        return _no_model(what)
    elif library in ("ONNX", "PMML"):
        fix = f"Upload the scikit-learn model that it was made from: {_SAVE}."
    else:
        fix = unsupported_fix(library)
    return Refusal("model_unsupported", f"The file is {what}, which cannot be served here.", fix)


def _no_model(what: str) -> Refusal:
    return _unreadable(f"The file is {what}, not a model.", _UPLOAD_MODEL)


def _unreadable(message: str, fix: str) -> Refusal:
    return Refusal("model_unreadable", message, fix)
