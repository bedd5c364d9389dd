"""Takes an MLflow folder out of a sandbox, trusting nothing in it."""

import shutil
import stat
from pathlib import Path

from shared.conversion.job import Converted
from shared.conversion.refusals import refused
from shared.conversion.scan import scan

MODEL_FILE = "model.pkl"
_FILES = {
    "MLmodel",
    MODEL_FILE,
    "conda.yaml",
    "python_env.yaml",
    "requirements.txt",
    "input_example.json",
    "serving_input_example.json",
}
MAX_METADATA_BYTES = 16 << 20


def take(source: Path, into: Path, converted: Converted) -> None:
    """Copy plain files of known names, then scan the model and read the signature back.

    ModelRefused model_conversion_failed, or model_unsafe when the saved model is not what the
    uploaded file was.
    """
    into.mkdir(parents=True, exist_ok=True)
    for entry in sorted(source.iterdir()):
        status = entry.lstat()
        if entry.name not in _FILES or not stat.S_ISREG(status.st_mode):
            raise refused("model_conversion_failed", "The converted model has an unexpected file.")
        if entry.name != MODEL_FILE and status.st_size > MAX_METADATA_BYTES:
            raise refused("model_conversion_failed", "The converted model's metadata is too large.")
        shutil.copyfile(entry, into / entry.name, follow_symlinks=False)
    verdict = scan(into / MODEL_FILE)
    if verdict.verdict != "allowed":
        raise refused("model_unsafe", f"The converted model is unsafe: {verdict.reasons[0]}.")
    _check_signature(into / "MLmodel", converted)


def _check_signature(path: Path, converted: Converted) -> None:
    import json

    import yaml

    try:
        described = yaml.safe_load(path.read_text("utf-8"))
        flavor = described["flavors"]["sklearn"]
        inputs = json.loads(described["signature"]["inputs"])
        found = [(column["name"], column["type"]) for column in inputs]
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        raise refused("model_conversion_failed", "The converted model has no signature.") from None
    wanted = [(column.name, column.type) for column in converted.columns]
    if found != wanted or flavor.get("pickled_model") != MODEL_FILE:
        raise refused("model_conversion_failed", "The converted model has another signature.")
