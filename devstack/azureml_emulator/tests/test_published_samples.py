"""Deployments as Microsoft's published online-endpoint samples make them, really built and served.

The managed sample: a conda file that pins packages outside of its pip section. The no-code one: an
MLflow model alone. Curated environments: named as they are in Microsoft's registry.
"""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
import yaml
from azure.ai.ml import MLClient, load_online_deployment
from azure.ai.ml.entities import Environment, ManagedOnlineDeployment, Model
from azure.core.exceptions import HttpResponseError

from devstack.azureml_emulator.tests.support import sdk

SIZE: dict[str, Any] = {"instance_type": "Standard_DS1_v2", "instance_count": 1}
CONDA = """
name: model-env
channels:
  - conda-forge
dependencies:
  - python=3.9
  - numpy=1.23.5
  - pip=23.0.1
  - scikit-learn=1.2.2
  - scipy=1.10.1
  - pip:
    - azureml-inference-server-http==1.4.0
    - inference-schema[numpy-support]
    - joblib
"""
DEPLOYMENT = """
name: blue
endpoint_name: my-endpoint
model:
  path: model
code_configuration:
  code: onlinescoring
  scoring_script: score.py
environment:
  conda_file: conda.yaml
  image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04:latest
environment_variables:
  AML_MODEL_DC_STORAGE_ENABLED: false
instance_type: Standard_DS2_v2
instance_count: 1
"""
SCORE = """
import json, os
import joblib, numpy, sklearn
from sklearn.linear_model import LinearRegression

def init():
    global model
    saved = joblib.load(os.path.join(os.environ["AZUREML_MODEL_DIR"], "model", "model.pkl"))
    model = LinearRegression()
    model.coef_, model.intercept_ = numpy.array(saved["coef"]), saved["intercept"]

def run(raw_data):
    data = numpy.array(json.loads(raw_data)["data"])
    versions = [numpy.__version__, sklearn.__version__]
    return {"result": model.predict(data).tolist(), "versions": versions}
"""


@pytest.fixture
def serve(ml: MLClient, tmp_path: Path):
    """Makes an endpoint and one deployment behind it, and scores against it."""
    made: list[str] = []

    def deploy(
        endpoint: str, wanted: ManagedOnlineDeployment | None = None, **options: Any
    ) -> None:
        made.append(endpoint)
        sdk.create_endpoint(ml, endpoint)
        wanted = wanted or ManagedOnlineDeployment(name="blue", **SIZE, **options)
        wanted.endpoint_name = endpoint
        ml.online_deployments.begin_create_or_update(wanted).result(280)

    def score(endpoint: str, body: Any) -> Any:
        request = tmp_path / "request.json"
        request.write_text(json.dumps(body))
        answer = ml.online_endpoints.invoke(
            endpoint, request_file=str(request), deployment_name="blue"
        )
        return json.loads(answer)

    deploy.score = score  # type: ignore[attr-defined]
    yield deploy
    for endpoint in made:
        ml.online_endpoints.begin_delete(endpoint).result(30)


@pytest.fixture(scope="module")
def mlflow_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scikit-learn model in the layout of MLflow, with a conda file of its own."""
    import sklearn
    from sklearn.linear_model import LinearRegression

    folder = tmp_path_factory.mktemp("mlflow") / "model"
    folder.mkdir()
    model = LinearRegression().fit([[0.0, 1.0], [1.0, 1.0], [2.0, 0.0]], [1.0, 2.0, 3.0])
    (folder / "model.pkl").write_bytes(pickle.dumps(model))
    python_function = {
        "loader_module": "mlflow.sklearn",
        "model_path": "model.pkl",
        "predict_fn": "predict",
        "env": {"conda": "conda.yaml"},
    }
    described = {"sklearn_version": sklearn.__version__, "pickled_model": "model.pkl"}
    flavors = {"python_function": python_function, "sklearn": described}
    (folder / "MLmodel").write_text(yaml.safe_dump({"flavors": flavors}))
    pins = ["mlflow-skinny", f"scikit-learn=={sklearn.__version__}", "pandas", "cloudpickle"]
    conda = {"name": "mlflow-env", "dependencies": ["python=3.11", "pip", {"pip": pins}]}
    (folder / "conda.yaml").write_text(yaml.safe_dump(conda))
    return folder


@pytest.mark.filterwarnings("ignore::marshmallow.warnings.RemovedInMarshmallow4Warning")
def test_the_managed_sample_is_built_from_its_conda_file_and_served(serve, tmp_path: Path, ml):
    import joblib

    for folder in ("model", "onlinescoring"):
        (tmp_path / folder).mkdir()
    joblib.dump({"coef": [1.0, 2.0], "intercept": 0.5}, tmp_path / "model" / "model.pkl")
    (tmp_path / "onlinescoring" / "score.py").write_text(SCORE)
    (tmp_path / "conda.yaml").write_text(CONDA)
    (tmp_path / "blue-deployment.yml").write_text(DEPLOYMENT)
    serve("managed-sample", load_online_deployment(str(tmp_path / "blue-deployment.yml")))
    answer = serve.score("managed-sample", {"data": [[1, 1], [0, 2]]})
    assert answer == {"result": [3.5, 4.5], "versions": ["1.23.5", "1.2.2"]}


def test_an_mlflow_model_alone_is_served_from_its_own_requirements(serve, mlflow_folder, ml):
    serve("no-code", model=Model(path=str(mlflow_folder), type="mlflow_model"))
    table = {"columns": ["a", "b"], "index": [0, 1], "data": [[0.0, 1.0], [2.0, 0.0]]}
    by_table = serve.score("no-code", {"input_data": table})
    assert by_table == pytest.approx([1.0, 3.0])
    assert serve.score("no-code", {"input_data": [[0.0, 1.0]]}) == pytest.approx([1.0])
    shown = ml.online_deployments.get("blue", "no-code")
    assert (shown.environment, shown.code_configuration) == (None, None)


def test_a_model_of_another_type_needs_an_environment(serve, mlflow_folder, ml):
    with pytest.raises(HttpResponseError, match="no environmentId"):
        serve("no-environment", model=Model(path=str(mlflow_folder), type="custom_model"))


def test_an_mlflow_model_in_a_curated_environment_needs_no_code_either(serve, mlflow_folder):
    serve(
        "curated",
        model=Model(path=str(mlflow_folder), type="mlflow_model"),
        environment="azureml://registries/azureml/environments/mlflow-py312-inference/versions/9",
    )
    assert serve.score("curated", {"input_data": [[2.0, 0.0]]}) == pytest.approx([3.0])


def test_another_environment_of_the_registry_is_501_by_name(serve, mlflow_folder):
    name = "azureml://registries/azureml/environments/acpt-pytorch-2.8-cuda12.6/versions/1"
    with pytest.raises(HttpResponseError, match=r"acpt-pytorch.*mlflow-py312-inference") as refused:
        serve(
            "uncurated", model=Model(path=str(mlflow_folder), type="mlflow_model"), environment=name
        )
    assert refused.value.status_code == 501


def test_a_workspace_has_the_curated_environments(ml):
    found = ml.environments.get("AzureML-sklearn-1.5", version="7")
    assert (found.name, found.version) == ("AzureML-sklearn-1.5", "7")


@pytest.mark.parametrize(
    ("definition", "named"),
    [
        ({"conda_file": {"dependencies": ["cudatoolkit=11.3", "pytorch"]}}, "on PyPI: torch"),
        ({}, "image without a conda file: docker.io/tensorflow/serving"),
    ],
)
def test_what_only_a_real_image_gives_is_501_by_name(serve, mlflow_folder, definition, named):
    image = "docker.io/tensorflow/serving"
    with pytest.raises(HttpResponseError, match=named) as refused:
        serve(
            "unbuilt",
            model=Model(path=str(mlflow_folder), type="mlflow_model"),
            environment=Environment(image=image, **definition),
        )
    assert refused.value.status_code == 501
