"""Register the converted model in Azure ML; the version is its content hash."""

import tempfile
from pathlib import Path

import azure.durable_functions as df

from activities.phase import phase
from shared.naming import azure_model_name
from shared.schemas.phases import RegisteredModel, RegisterModel
from shared.services import Services

bp = df.Blueprint()


@phase(bp, "Registering the model in Azure ML.")
def register_model(request: RegisterModel, services: Services) -> RegisteredModel:
    name = azure_model_name(request.run.model_id)
    with tempfile.TemporaryDirectory(prefix="slipway-") as scratch:
        folder = Path(scratch) / "model"
        services.files.fetch_artifact(request.artifact, folder)
        model = services.serving.register_model(name, request.version, folder)
    return RegisteredModel(model=model, message=f"{model.name} version {model.version}.")
