"""Which file of an MLflow model folder is the model: the few keys of MLmodel that say so.

MLmodel is YAML, which the confined process has no reader for; MLflow itself writes it in block
style, two spaces a level, and that is all that is understood here.
"""

import re
from dataclasses import dataclass

from serving.model_file.findings import Refused, Unreadable
from shared.adapters.conversion.scan.archive import Archive
from shared.adapters.conversion.scan.refusal import Refusal, Turned
from shared.adapters.conversion.scan.refusal_names import unsupported_fix

MLMODEL = "MLmodel"
MAX_BYTES = 4 << 20
_ENTRY = re.compile(r"( *)([\w.-]+):(?: +(.*?))?\s*")
_PLAIN = re.compile(r"[\w./+-]*")
_BOOSTERS = {"xgboost": "xgboost.core.Booster", "lightgbm": "lightgbm.basic.Booster"}
_LIBRARIES = {
    "sklearn": "scikit-learn",
    "xgboost": "XGBoost",
    "lightgbm": "LightGBM",
    "catboost": "CatBoost",
    "pytorch": "PyTorch",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "statsmodels": "statsmodels",
    "prophet": "Prophet",
    "pmdarima": "pmdarima",
    "spark": "Spark",
    "h2o": "H2O",
    "onnx": "ONNX",
    "spacy": "spaCy",
    "transformers": "Transformers",
    "sentence_transformers": "Sentence Transformers",
    "paddle": "PaddlePaddle",
    "langchain": "LangChain",
    "openai": "OpenAI",
    "johnsnowlabs": "John Snow Labs",
    "llama_index": "LlamaIndex",
    "dspy": "DSPy",
}


@dataclass(frozen=True)
class Flavour:
    """The library of a model folder, its version there, and the path of the model's file."""

    library: str
    version: str
    path: str
    native: bool


def read_flavour(archive: Archive, name: str) -> Flavour:
    """What the MLmodel file `name` says. Turned, Refused or Unreadable."""
    if archive.sizes[name] > MAX_BYTES:
        raise Refused(f"An MLmodel file of more than {MAX_BYTES >> 20} MB")
    with archive.open(name) as stream:
        data = stream.read()
    try:
        flavours = flavours_of(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise Unreadable("The MLmodel file is no text.") from None
    for flavour, version, path in (
        ("sklearn", "sklearn_version", "pickled_model"),
        ("xgboost", "xgb_version", "data"),
        ("lightgbm", "lgb_version", "data"),
    ):
        if keys := flavours.get(flavour):
            _check_class(flavour, keys)
            return Flavour(
                _LIBRARIES[flavour],
                _plain(keys.get(version, "")),
                _path(keys.get(path, "")),
                native=flavour in _BOOSTERS,
            )
    raise Turned(_other(flavours))


def flavours_of(text: str) -> dict[str, dict[str, str]]:
    """{flavour: {key: value}} of a MLmodel file, without what lies deeper or is no plain value."""
    found: dict[str, dict[str, str]] = {}
    inside, keys = False, {}
    for line in text.splitlines():
        entry = _ENTRY.fullmatch(line)
        if not line.startswith(" ") and line.strip():
            inside = entry is not None and entry[2] == "flavors"
            if inside and (found or entry is None or entry[3]):
                raise Unreadable("The MLmodel file is damaged: its flavors are not a list of keys.")
            continue
        if not inside or entry is None:
            continue
        level, key, value = len(entry[1]), entry[2], entry[3]
        if level == 2:
            if key in found:
                raise Unreadable(f"The MLmodel file is damaged: it has {key} twice.")
            keys = found[key] = {}
        elif level == 4 and value:
            if key in keys:
                raise Unreadable(f"The MLmodel file is damaged: it has {key} twice.")
            keys[key] = value
    return found


def _check_class(flavour: str, keys: dict[str, str]) -> None:
    """Turned where a native file was a classifier's, which answers unlike its Booster."""
    wanted = _BOOSTERS.get(flavour)
    owner = _plain(keys.get("model_class", wanted or ""))
    if (
        wanted is None
        or owner == wanted
        or _plain(keys.get("data", "")).endswith((".pkl", ".skops"))
    ):
        return
    name = owner.rpartition(".")[2]
    raise Turned(
        Refusal(
            "model_unsupported",
            f"The MLflow model folder holds a {name} as a native {_LIBRARIES[flavour]} file, which"
            " forgets how its class answers.",
            f"Save the {name} itself: joblib.dump(model, 'model.joblib').",
        )
    )


def _plain(value: str) -> str:
    """A value without its quotes."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1]
    if not _PLAIN.fullmatch(value):
        raise Refused("An MLmodel file with an unusual value")
    return value


def _path(value: str) -> str:
    path = _plain(value)
    if not path or any(part in ("", ".", "..") for part in path.split("/")):
        raise Refused("An MLmodel file that names no file of its folder")
    return path


def _other(flavours: dict[str, dict[str, str]]) -> Refusal:
    others = sorted(set(flavours) - {"python_function"})
    if others:
        name = _LIBRARIES.get(others[0], others[0])
        return Refusal(
            "model_unsupported",
            f"The MLflow model folder holds a {name} model, which cannot be served here.",
            unsupported_fix(name)
            if name != "CatBoost"
            else "Save the CatBoost model itself: joblib.dump(model, 'model.joblib').",
        )
    if flavours:
        return Refusal(
            "model_unsupported",
            "The MLflow model folder holds a Python function of your own (mlflow.pyfunc), not a"
            " model of a library.",
            "Save the fitted scikit-learn pipeline inside it: joblib.dump(model, 'model.joblib').",
        )
    return Refusal(
        "model_unreadable",
        "The MLmodel file of the folder names no flavors.",
        "Save the folder again with mlflow.sklearn.save_model and zip it.",
    )
