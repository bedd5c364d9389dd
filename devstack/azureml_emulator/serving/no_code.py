"""Deployments of MLflow models that bring no scoring code: the model says what serves it."""

from pathlib import Path

import yaml

from devstack.azureml_emulator.arm.errors import OperationFailed
from devstack.azureml_emulator.arm.records import AssetVersion, Deployment
from devstack.azureml_emulator.serving.conda import OWN_PYTHON, UnsupportedEnvironment, read_conda
from devstack.azureml_emulator.serving.mounts import MountPlan
from devstack.azureml_emulator.serving.recipes import ANY_SERVER, Recipe, has_server, name_of

MLFLOW_MODEL = "mlflow_model"
SCRIPT = Path(__file__).with_name("mlflow_score_script.py")
FOLDER_VARIABLE = "MLFLOW_MODEL_FOLDER"


def needs_script(deployment: Deployment, model: AssetVersion | None) -> bool:
    """Whether an MLflow model is to be served by the service's own scoring script."""
    is_mlflow = model is not None and model.properties.get("modelType") == MLFLOW_MODEL
    return is_mlflow and not deployment.properties.get("codeConfiguration")


def recipe_of(model: AssetVersion, mounts: MountPlan) -> Recipe:
    """The model's own requirements, and the server. Raises UnsupportedEnvironment."""
    uri = str(model.properties["modelUri"])
    if mounts.text_in(uri, "MLmodel") is None:
        raise OperationFailed(
            "UserError", f"The model {model.name}:{model.version} has no MLmodel file."
        )
    if conda := mounts.text_in(uri, "conda.yaml"):
        python, requirements = read_conda(conda)
    elif listed := mounts.text_in(uri, "requirements.txt"):
        python = _python_of(mounts.text_in(uri, "python_env.yaml"))
        lines = [line.partition("#")[0].strip() for line in listed.splitlines()]
        requirements = tuple(line for line in lines if line)
    else:
        raise UnsupportedEnvironment(
            f"The model {model.name}:{model.version} has neither conda.yaml nor requirements.txt,"
            " so nothing says what it needs."
        )
    names = {name_of(requirement) for requirement in requirements}
    added = [] if has_server(requirements) else [ANY_SERVER]
    if not names & {"mlflow", "mlflow-skinny"}:
        added.append("mlflow")
    return Recipe(python, (*requirements, *added))


def _python_of(text: str | None) -> str:
    described = yaml.safe_load(text) if text else None
    version = str((described or {}).get("python") or "")
    return ".".join(version.split(".")[:2]) or OWN_PYTHON
