"""The baseline: the deployment as the documentation's sequential script does it.

The same SDK, the same model, the same pins, a scoring script as tutorials write it; `.result()`
after each step. It trusts
the file it unpickles and cleans nothing up. Run in a process of its own by benchmarks.pipeline,
with the emulator's environment; prints one JSON object with seconds per step.
"""

import json
import sys
import time

BEGUN = time.perf_counter()

import tempfile  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import joblib  # noqa: E402
import mlflow.sklearn  # noqa: E402
import pandas  # noqa: E402
from azure.ai.ml import MLClient  # noqa: E402
from azure.ai.ml.entities import (  # noqa: E402
    CodeConfiguration,
    Environment,
    ManagedOnlineDeployment,
    ManagedOnlineEndpoint,
    Model,
)
from azure.identity import ManagedIdentityCredential  # noqa: E402
from mlflow.models import infer_signature  # noqa: E402

SCORING = Path(__file__).parent / "plain_scoring"
STEPS: dict[str, float] = {}
_last = BEGUN


def step(name: str) -> None:
    """The time since the step before."""
    global _last
    now = time.perf_counter()
    STEPS[name] = round(now - _last, 3)
    _last = now


def main(plan: dict[str, Any]) -> None:
    step("imports")
    client = MLClient(
        ManagedIdentityCredential(client_id=plan["client_id"]),
        plan["subscription_id"],
        plan["resource_group"],
        plan["workspace"],
    )
    location = client.workspaces.get(plan["workspace"]).location
    list(client.compute.list_usage(location=location))
    step("verify_workspace")
    with tempfile.TemporaryDirectory() as scratch:
        _deploy(client, plan, Path(scratch))
    print()  # the SDK has left its dots on this line
    print(json.dumps({"seconds": STEPS, "total": round(time.perf_counter() - BEGUN, 3)}))


def _deploy(client: MLClient, plan: dict[str, Any], scratch: Path) -> None:
    fitted = joblib.load(plan["file"])
    example = plan["example"]
    frame = pandas.DataFrame([example])
    folder = scratch / "model"
    mlflow.sklearn.save_model(
        fitted,
        folder,
        serialization_format="pickle",
        pip_requirements=plan["requirements"],
        signature=infer_signature(frame),
        input_example=frame,
    )
    step("prepare_model")
    model = client.models.create_or_update(
        Model(name=plan["name"], version="1", path=folder, type="mlflow_model")
    )
    step("register_model")
    endpoint = ManagedOnlineEndpoint(name=plan["name"], auth_mode="key")
    client.online_endpoints.begin_create_or_update(endpoint).result()
    step("create_endpoint")
    conda = scratch / "conda.yaml"
    conda.write_text(
        json.dumps(
            {
                "name": "serving",
                "channels": ["conda-forge"],
                "dependencies": ["python=3.11", "pip", {"pip": plan["requirements"]}],
            }
        )
    )
    environment = client.environments.create_or_update(
        Environment(name=plan["name"], version="1", image=plan["image"], conda_file=conda)
    )
    client.online_deployments.begin_create_or_update(
        ManagedOnlineDeployment(
            name="blue",
            endpoint_name=plan["name"],
            model=model,
            environment=environment,
            code_configuration=CodeConfiguration(code=str(SCORING), scoring_script="score.py"),
            instance_type="Standard_DS1_v2",
            instance_count=1,
        )
    ).result()
    step("create_deployment")
    request = scratch / "request.json"
    request.write_text(json.dumps({"data": [example]}))
    client.online_endpoints.invoke(plan["name"], request_file=request, deployment_name="blue")
    step("verify_deployment")
    endpoint.traffic = {"blue": 100}
    client.online_endpoints.begin_create_or_update(endpoint).result()
    step("shift_traffic")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
