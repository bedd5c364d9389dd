"""Register the converted model in Azure ML; the version is its content hash."""

from activities.support.phase import phase
from shared.domain.naming import azure_model_name
from shared.scratch import scratch
from shared.services import Services
from shared.wire.phases import RegisteredModel, RegisterModel


@phase("Registering the model in Azure ML.")
def register_model(input: RegisterModel, services: Services) -> RegisteredModel:
    """Fetch the converted folder and upload it. Raises ArtifactMissing, UploadTimedOut."""
    name = azure_model_name(input.run.spec.model_id)
    with scratch() as files:
        folder = files / "model"
        services.files.fetch_artifact(input.artifact, folder)
        model = services.target.provisioning.register_model(name, input.version, folder)
    return RegisteredModel(model=model, message=f"{model.name} version {model.version}.")
