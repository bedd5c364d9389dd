"""Registered models: a folder uploaded once, under a version that is its content's hash."""

from pathlib import Path

from shared.adapters.targets.azureml.azure_errors import explained, found_or_none
from shared.adapters.targets.azureml.connection import Connection
from shared.adapters.targets.azureml.uploads import within
from shared.domain.model import ModelVersion

UPLOAD_SECONDS = 300


def register(connection: Connection, name: str, version: str, folder: Path) -> ModelVersion:
    """An existing version is success: equal versions are equal content."""
    attempt = connection.attempt(f"register the model {name}", model=f"{name}:{version}")
    if found_or_none(lambda: connection.client.models.get(name, version), attempt) is None:
        with explained(attempt):
            within(
                UPLOAD_SECONDS,
                lambda: _upload(connection, name, version, folder),
                what=f"the model {name}",
            )
    return ModelVersion(name=name, version=version)


def _upload(connection: Connection, name: str, version: str, folder: Path) -> None:
    from azure.ai.ml.constants import AssetTypes
    from azure.ai.ml.entities import Model

    model = Model(name=name, version=version, path=str(folder), type=AssetTypes.MLFLOW_MODEL)
    connection.client.models.create_or_update(model)
