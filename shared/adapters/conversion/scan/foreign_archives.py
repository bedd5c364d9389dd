"""Archives that are no model of a supported form, told by the names in them."""

import re
from collections.abc import Sequence

from shared.adapters.conversion.scan.foreign import UPLOAD_MODEL, foreign, no_model, unreadable
from shared.adapters.conversion.scan.refusal import Refusal

ZIP = b"PK\x03\x04"
"""Before each file in a zip archive: 26 bytes more, and the length of its name."""
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
            return foreign(library, what)
    if any(name.startswith("part-") for name in last) and any("stages/" in n for n in names):
        return foreign("Spark", "a Spark ML model folder")
    if "[Content_Types].xml" in last:
        return no_model("an Excel or Word document")
    if names and all(name.endswith(".npy") for name in names):
        return no_model("a set of numpy arrays (.npz)")
    models = [name for name in names if name.lower().endswith(_PICKLES)]
    if len(models) == 1:
        inner = models[0].rpartition("/")[2][:80]
        return unreadable(f"The file is an archive that holds {inner}.", f"Upload {inner} itself.")
    if models:
        return unreadable(
            f"The file is an archive that holds {len(models)} model files.",
            "Upload one of them itself; a model of several parts is saved as one Pipeline.",
        )
    return unreadable(
        f"The file is an archive without a model that is read ({_listed(names)}):"
        " neither a skops file nor an MLflow model folder (it has no MLmodel).",
        f"{UPLOAD_MODEL} Of an MLflow model, zip the whole folder that holds MLmodel.",
    )


def _listed(names: Sequence[str]) -> str:
    told = ", ".join(name[-80:] for name in names[:3])
    return f"{told} and {len(names) - 3} more" if len(names) > 3 else told or "no files"


def compressed_again(head: bytes) -> Refusal:
    """The refusal of a zip archive, which begins so, inside of another compression."""
    names = []
    for header in re.finditer(re.escape(ZIP), head):
        length = int.from_bytes(head[header.start() + 26 : header.start() + 28], "little")
        names.append(head[header.start() + 30 :][:length].decode("utf-8", "replace"))
    told = by_members(names)
    if told.code == "model_unsupported":
        return told
    return unreadable(
        "The file is a zip archive that was compressed once more.",
        "Decompress it once, and upload the archive that is inside.",
    )


def several_folders(paths: Sequence[str]) -> Refusal:
    return unreadable(
        f"The archive holds {len(paths)} MLflow model folders.", "Upload an archive of one of them."
    )


def deep_folder(folder: str) -> Refusal:
    return unreadable(
        f"The MLflow model lies deep inside the archive, in {folder[:100]}.",
        "Zip the folder that holds MLmodel, not the folders above it.",
    )


def missing_member(path: str) -> Refusal:
    return unreadable(
        f"The MLflow model folder lacks {path[:80]}, which its MLmodel file names.",
        "Zip the whole folder again.",
    )
