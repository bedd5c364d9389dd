"""Completes an MLflow folder around a model file that came out of a sandbox, trusting nothing.

The model is scanned again, and must be in canonical form; whatever else lies beside it the app
writes itself, from values that were checked.
"""

import json
import uuid
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shared.adapters.conversion.sandbox.report import Converted, Described
from shared.adapters.conversion.scan.child import scan
from shared.domain.model import SERVING_PYTHON, Column
from shared.errors.models import model_refused

MODEL_FILE = "model.pkl"
DESCRIPTION_FILE = "serving.json"
"""What serving/description.py reads at the endpoint."""
_NAMESPACE = uuid.UUID("5a0b2a54-37a3-4f5c-8f6e-6d9a2f0f6c11")
_TIME = "1970-01-01 00:00:00"
_LIBRARY_LOADER = "mlflow.sklearn"


def check(folder: Path, converted: Converted) -> Described:
    """The model's description. ModelRefused when that or the file is not what conversions make."""
    verdict = scan(folder / MODEL_FILE, "canonical")
    if verdict.verdict != "allowed":
        code = verdict.refusal.code if verdict.refusal else "model_unsafe"
        code = code if code != "model_unreadable" else "model_conversion_failed"
        raise model_refused(
            code, f"The converted model cannot be served: {verdict.reasons[0].rstrip('.')}."
        )
    try:
        described = Described.model_validate_json(converted.description)
    except ValidationError:
        raise model_refused(
            "model_conversion_failed", "The converted model has no description."
        ) from None
    names = [column.name for column in described.columns]
    if len(set(names)) != len(names) or not set(described.example) <= set(names):
        raise model_refused(
            "model_conversion_failed", "The converted model's columns are not distinct."
        )
    return described


def complete(
    folder: Path,
    described: Described,
    *,
    outputs: list[str],
    requirements: list[str],
    version: str,
) -> None:
    """Write what MLflow and the endpoint want beside the model. The same input, the same bytes."""
    (folder / DESCRIPTION_FILE).write_text(described.model_dump_json() + "\n", "utf-8")
    (folder / "requirements.txt").write_text("\n".join(requirements) + "\n", "utf-8")
    (folder / "python_env.yaml").write_text(_yaml(_python_env()), "utf-8")
    (folder / "conda.yaml").write_text(_yaml(_conda(requirements)), "utf-8")
    names = [column.name for column in described.columns]
    row = [described.example.get(name) for name in names]
    example = json.dumps({"columns": names, "data": [row]}, ensure_ascii=False)
    (folder / "input_example.json").write_text(example + "\n", "utf-8")
    _write_mlmodel(folder, described, outputs, requirements, version)


def _write_mlmodel(
    folder: Path, described: Described, outputs: list[str], requirements: list[str], version: str
) -> None:
    from mlflow.models import Model, ModelSignature
    from mlflow.types import ColSpec, Schema

    pins = dict(pin.split("==") for pin in requirements)
    wide = len(outputs) > 1
    model = Model(
        model_uuid=uuid.uuid5(_NAMESPACE, version).hex,
        utc_time_created=_TIME,
        signature=ModelSignature(
            inputs=Schema([_spec(column) for column in described.columns]),
            outputs=Schema(
                [
                    ColSpec(kind, f"y{number}" if wide else "prediction")
                    for number, kind in enumerate(outputs)
                ]
            ),
        ),
        saved_input_example_info={
            "artifact_path": "input_example.json",
            "type": "dataframe",
            "pandas_orient": "split",
        },
    )
    model.add_flavor(
        "python_function",
        loader_module=_LIBRARY_LOADER,
        model_path=MODEL_FILE,
        predict_fn="predict",
        python_version=SERVING_PYTHON,
        env={"conda": "conda.yaml", "virtualenv": "python_env.yaml"},
    )
    model.add_flavor(
        "sklearn",
        pickled_model=MODEL_FILE,
        sklearn_version=pins["scikit-learn"],
        serialization_format="pickle",
        code=None,
    )
    model.save(str(folder / "MLmodel"))


def _spec(column: Column) -> Any:
    from mlflow.types import ColSpec

    kind = "string" if column.type == "any" else column.type
    return ColSpec(kind, column.name, required=column.required)


def _python_env() -> dict[str, Any]:
    return {"python": SERVING_PYTHON, "dependencies": ["-r requirements.txt"]}


def _conda(requirements: list[str]) -> dict[str, Any]:
    pip = {"pip": requirements}
    return {"name": "mlflow-env", "dependencies": [f"python={SERVING_PYTHON}", "pip", pip]}


def _yaml(value: dict[str, Any]) -> str:
    import yaml

    return str(yaml.safe_dump(value, sort_keys=False))
