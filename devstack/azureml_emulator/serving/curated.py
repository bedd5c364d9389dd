"""Microsoft's curated environments, by what their published conda files pin.

From the repository Azure/azureml-assets. Left out is what only training uses. Where a file says
"the latest", it is the latest here too, but for the server.
"""

import datetime as dt
import json
import re
from typing import Any

from devstack.azureml_emulator.arm.records import AssetVersion

SERVER = "azureml-inference-server-http==1.5.1"
REGISTRY_ID = re.compile(
    r"azureml://registries/([^/]+)/environments/([^/]+)/(?:versions|labels)/([^/]+)", re.IGNORECASE
)
IMAGE = re.compile(r"mcr\.microsoft\.com/azureml/(?:curated/)?([\w.-]+?)(?::[\w.-]+)?")
REGISTRIES = ("azureml", "azureml-staging")
PUBLISHED = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
SKLEARN = ("azureml-defaults", "joblib~=1.2.0", "psutil~=5.8.0", "tqdm~=4.66.3", SERVER)
MLFLOW = (
    *("mlflow", "scikit-learn", "cloudpickle", "psutil", "pandas", "numpy", "joblib"),
    *("azureml-ai-monitoring==1.0.0", SERVER),
)
MINIMAL = ("azureml-defaults", "azure-storage-blob", "azure-identity", "numpy", "joblib", SERVER)

ENVIRONMENTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "sklearn-1.0": (
        "3.9",
        ("pandas~=1.3.0", "scipy~=1.10.0", "numpy~=1.22.0", "scikit-learn~=1.0.0", *SKLEARN),
    ),
    "sklearn-1.5": (
        "3.10",
        ("pandas~=1.5.3", "scipy~=1.10.0", "numpy~=1.22.0", "scikit-learn~=1.5.0", *SKLEARN),
    ),
    "mlflow-py312-inference": ("3.12", MLFLOW),
    "minimal-py311-inference": ("3.11", MINIMAL),
}
IN_WORKSPACES = {
    "AzureML-sklearn-1.0-ubuntu20.04-py38-cpu": "sklearn-1.0",
    "AzureML-sklearn-1.5": "sklearn-1.5",
    "AzureML-mlflow-py312-inference": "mlflow-py312-inference",
    "AzureML-minimal-py311-inference": "minimal-py311-inference",
}
"""The names under which every workspace has them."""


def in_registry(asset_id: str) -> AssetVersion | None:
    """The environment that a registry's id names, in whatever version; None for another."""
    found = REGISTRY_ID.search(asset_id)
    if found is None or found[1].lower() not in REGISTRIES:
        return None
    return _version(found[2], found[2], found[3])


def in_workspace(name: str, number: str) -> AssetVersion | None:
    curated = {known.lower(): known for known in IN_WORKSPACES}.get(name.lower())
    return _version(IN_WORKSPACES[curated], curated, number) if curated else None


def recipe_properties(version: AssetVersion) -> dict[str, Any]:
    """An environment version's properties, with the pins of what is curated as its conda file.

    That is a curated environment, or Microsoft's image of one without a conda file.
    """
    properties = version.properties
    name = IN_WORKSPACES.get(version.name, version.name)
    if properties.get("environmentType") != "Curated":
        image = IMAGE.fullmatch(properties.get("image") or "")
        name = image[1] if image and not properties.get("condaFile") else ""
    if name not in ENVIRONMENTS:
        return properties
    python, requirements = ENVIRONMENTS[name]
    pins = {"dependencies": [f"python={python}", {"pip": list(requirements)}]}
    return {**properties, "condaFile": json.dumps(pins)}


def _version(known: str, name: str, number: str) -> AssetVersion | None:
    if known not in ENVIRONMENTS:
        return None
    return AssetVersion(
        name=name,
        version="1" if number == "latest" else number,
        created_at=PUBLISHED,
        modified_at=PUBLISHED,
        properties={
            "description": f"Microsoft's curated environment {known}.",
            "tags": {},
            "properties": {},
            "isArchived": False,
            "isAnonymous": False,
            "environmentType": "Curated",
            "condaFile": "",
            "osType": "Linux",
            "autoRebuild": "OnBaseImageUpdate",
        },
    )
