"""What a deployment is made of, registered once: scoring code, environment, model.

Code and environment have their content's hash as their name, a model has it as its version. Azure
builds an environment's image at the first deployment that uses it and keeps it for all that follow;
its requirements hold azureml-inference-server-http, which is what runs the code in the image.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.adapters.targets.azureml.connection import Connection
from shared.adapters.targets.azureml.sdk_errors import found_or_none, translating
from shared.adapters.targets.azureml.uploads import within
from shared.domain.model import SERVING_IMAGE, SERVING_PYTHON, ModelVersion

VERSION = "1"
"""The version of all code and environments: other content has another name."""
CODE_SECONDS = 60
MODEL_SECONDS = 300
"""An upload that takes longer is given up: UploadTimedOut."""
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")


@dataclass(frozen=True)
class ScoringCode:
    """A Python package that runs inside endpoints, and the script in it that the server starts."""

    package: Path
    script: str = "score.py"

    @property
    def entry(self) -> str:
        """The script, as the deployment names it: from the code asset's root."""
        return f"{self.package.name}/{self.script}"

    def digest(self) -> str:
        """12 hex digits of the SHA-256 over every file's name and content."""
        found = hashlib.sha256(self.package.name.encode())
        for path in sorted(self.package.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(path.relative_to(self.package).as_posix().encode() + b"\0")
                found.update(hashlib.sha256(path.read_bytes()).digest())
        return found.hexdigest()[:12]


def ensure_code(connection: Connection, scoring: ScoringCode) -> str:
    """The code's reference, `azureml:name:version`; uploaded where it is missing.

    The SDK keeps the operations on code under `_code`; a deployment that names a local folder
    instead would upload it anew, under a random name, each time.
    """
    name = f"slipway-scoring-{scoring.digest()}"
    intent = connection.intent("register the scoring code")
    if found_or_none(lambda: connection.client._code.get(name, VERSION), intent) is None:
        with translating(intent):
            within(
                CODE_SECONDS, lambda: _upload_code(connection, name, scoring), what=scoring.entry
            )
    return f"azureml:{name}:{VERSION}"


def _upload_code(connection: Connection, name: str, scoring: ScoringCode) -> None:
    from azure.ai.ml.entities._assets import Code

    with tempfile.TemporaryDirectory(prefix="slipway-code-") as scratch:
        folder = Path(scratch) / "code"
        shutil.copytree(scoring.package, folder / scoring.package.name, ignore=_LEFT_OUT)
        connection.client._code.create_or_update(Code(name=name, version=VERSION, path=str(folder)))


def ensure_environment(connection: Connection, name: str, requirements: Sequence[str]) -> str:
    """The environment's reference, `azureml:name:version`; registered where it is missing."""
    intent = connection.intent(f"register the environment {name}")
    if found_or_none(lambda: connection.client.environments.get(name, VERSION), intent) is None:
        with translating(intent):
            _register(connection, name, requirements)
    return f"azureml:{name}:{VERSION}"


def conda_file(name: str, requirements: Sequence[str]) -> dict[str, Any]:
    """The environment's conda file, as JSON: Python, and these packages of pip."""
    return {
        "name": name,
        "channels": ["conda-forge"],
        "dependencies": [f"python={SERVING_PYTHON}", "pip", {"pip": list(requirements)}],
    }


def _register(connection: Connection, name: str, requirements: Sequence[str]) -> None:
    from azure.ai.ml.entities import Environment

    connection.client.environments.create_or_update(
        Environment(
            name=name,
            version=VERSION,
            image=SERVING_IMAGE,
            conda_file=conda_file(name, requirements),
        )
    )


def register_model(connection: Connection, name: str, version: str, folder: Path) -> ModelVersion:
    """Upload the folder and register it as an MLflow model.

    A version that exists is success: equal versions are equal content. Raises UploadTimedOut.
    """
    intent = connection.intent(f"register the model {name}", model=f"{name}:{version}")
    if found_or_none(lambda: connection.client.models.get(name, version), intent) is None:
        with translating(intent):
            within(
                MODEL_SECONDS,
                lambda: _upload_model(connection, name, version, folder),
                what=f"the model {name}",
            )
    return ModelVersion(name=name, version=version)


def _upload_model(connection: Connection, name: str, version: str, folder: Path) -> None:
    from azure.ai.ml.constants import AssetTypes
    from azure.ai.ml.entities import Model

    model = Model(name=name, version=version, path=str(folder), type=AssetTypes.MLFLOW_MODEL)
    connection.client.models.create_or_update(model)
