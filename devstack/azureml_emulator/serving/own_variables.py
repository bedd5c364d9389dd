"""The variables that the service itself gives a container, as it shows them. Pure."""

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from devstack.azureml_emulator.arm.records import Deployment, Resources
from devstack.azureml_emulator.serving.mounts import find_asset

ROOT = PurePosixPath("/var/azureml-app")
"""Where Azure puts the files in a container; here they lie in the emulator's own folder."""


def own_variables(deployment: Deployment, resources: Resources) -> dict[str, str]:
    """Where the model and the code are and which script is run, for what the deployment has."""
    own: dict[str, str] = {}
    properties = deployment.properties
    if model := find_asset(resources, properties.get("model") or ""):
        own["AZUREML_MODEL_DIR"] = str(ROOT / "azureml-models" / model.name / model.version)
    configuration = properties.get("codeConfiguration") or {}
    if code := find_asset(resources, configuration.get("codeId") or ""):
        folder = PurePosixPath(unquote(urlsplit(str(code.properties["codeUri"])).path)).name
        own["AZUREML_ENTRY_SCRIPT"] = str(configuration.get("scoringScript") or "score.py")
        own["AML_APP_ROOT"] = str(ROOT / folder)
    return own
