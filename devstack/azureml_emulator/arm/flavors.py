"""The flavors of a registered MLflow model, read from its MLmodel file."""

import json
from typing import Any

import yaml

from devstack.azureml_emulator.arm.errors import OperationFailed
from devstack.azureml_emulator.arm.records import Resources
from devstack.azureml_emulator.blob.storage import Blobs
from devstack.azureml_emulator.serving.mounts import text_in
from devstack.azureml_emulator.workspace import Workspace

MLMODEL = "MLmodel"


def read_flavors(
    uri: str, blobs: Blobs, workspace: Workspace, resources: Resources
) -> dict[str, dict[str, Any]]:
    """`{flavor: {"data": {name: text}}}`; empty where there is no MLmodel that can be read."""
    try:
        text = text_in(uri, MLMODEL, blobs, workspace, resources)
        described = yaml.safe_load(text) if text else None
    except (OperationFailed, yaml.YAMLError):
        return {}
    flavors = described.get("flavors") if isinstance(described, dict) else None
    if not isinstance(flavors, dict):
        return {}
    return {str(name): {"data": _texts(data)} for name, data in flavors.items()}


def _texts(data: Any) -> dict[str, Any]:
    """ARM's flavor data holds texts and nulls only."""
    if not isinstance(data, dict):
        return {}
    return {
        str(name): value if value is None or isinstance(value, str) else json.dumps(value)
        for name, value in data.items()
    }
