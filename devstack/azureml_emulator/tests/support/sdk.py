"""What a user of the Azure ML SDK does, against an emulator: assets, endpoints, deployments."""

import json
from pathlib import Path
from typing import Any

from azure.ai.ml import MLClient
from azure.ai.ml.entities import (
    CodeConfiguration,
    Environment,
    ManagedOnlineDeployment,
    ManagedOnlineEndpoint,
    Model,
    OnlineRequestSettings,
)
from azure.identity import ManagedIdentityCredential

from devstack.azureml_emulator.tests.support.emulator import SCORE_PY, Emulator

SERVER = "azureml-inference-server-http==1.5.1"


def connect(emulator: Emulator) -> MLClient:
    """The unmodified SDK; the environment must already be the emulator's."""
    facts = emulator.facts
    return MLClient(
        ManagedIdentityCredential(client_id=facts["client_id"]),
        facts["subscription_id"],
        facts["resource_group"],
        facts["workspace_name"],
    )


def register(ml: MLClient, folder: Path, name: str = "weights") -> Model:
    source = folder / "model"
    source.mkdir(exist_ok=True, parents=True)
    (source / "weights.json").write_text(json.dumps({"bias": 1}))
    return ml.models.create_or_update(Model(name=name, version="1", path=str(source)))


def environment(ml: MLClient, name: str, *pins: str) -> Environment:
    conda = {"name": name, "dependencies": ["python=3.11", "pip", {"pip": list(pins)}]}
    return ml.environments.create_or_update(
        Environment(
            name=name, version="1", image="mcr.microsoft.com/azureml/base", conda_file=conda
        )
    )


def code(folder: Path) -> Path:
    source = folder / "code"
    source.mkdir(exist_ok=True, parents=True)
    (source / "score.py").write_text(SCORE_PY)
    return source


def create_endpoint(ml: MLClient, name: str, **options: Any) -> ManagedOnlineEndpoint:
    endpoint = ManagedOnlineEndpoint(name=name, auth_mode="key", **options)
    return ml.online_endpoints.begin_create_or_update(endpoint).result(60)


def deployment(
    name: str,
    endpoint: str,
    *,
    model: Model,
    environment: Environment,
    code: Path,
    instance_type: str = "Standard_DS1_v2",
    instance_count: int = 1,
    variables: dict[str, str] | None = None,
    request_settings: OnlineRequestSettings | None = None,
    tags: dict[str, str] | None = None,
) -> ManagedOnlineDeployment:
    return ManagedOnlineDeployment(
        name=name,
        endpoint_name=endpoint,
        model=model,
        environment=environment,
        code_configuration=CodeConfiguration(code=str(code), scoring_script="score.py"),
        instance_type=instance_type,
        instance_count=instance_count,
        environment_variables=variables or {},
        request_settings=request_settings,
        tags=tags or {},
    )


def deploy(ml: MLClient, wanted: ManagedOnlineDeployment) -> ManagedOnlineDeployment:
    return ml.online_deployments.begin_create_or_update(wanted).result(90)


def set_traffic(ml: MLClient, endpoint: str, **traffic: int) -> ManagedOnlineEndpoint:
    current = ml.online_endpoints.get(endpoint)
    current.traffic = traffic
    return ml.online_endpoints.begin_create_or_update(current).result(60)
