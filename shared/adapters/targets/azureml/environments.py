"""Serving environments: pinned requirements on a pinned image, registered once under their hash.

Azure builds the image at the first deployment that uses it and keeps it for all that follow.
The requirements hold azureml-inference-server-http, which is what runs the code in the image.
"""

from collections.abc import Sequence
from typing import Any

from shared.adapters.targets.azureml.azure_errors import explained, found_or_none
from shared.adapters.targets.azureml.connection import Connection
from shared.domain.model import SERVING_IMAGE, SERVING_PYTHON

VERSION = "1"
"""The only one: another image or other requirements have another name."""


def ensure(connection: Connection, name: str, requirements: Sequence[str]) -> str:
    """The environment's reference, `azureml:name:version`; registered where it is missing."""
    attempt = connection.attempt(f"register the environment {name}")
    if found_or_none(lambda: connection.client.environments.get(name, VERSION), attempt) is None:
        with explained(attempt):
            _register(connection, name, requirements)
    return f"azureml:{name}:{VERSION}"


def conda_file(name: str, requirements: Sequence[str]) -> dict[str, Any]:
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
