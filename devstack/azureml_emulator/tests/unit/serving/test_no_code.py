from typing import Any

import pytest

from devstack.azureml_emulator.arm.errors import OperationFailed
from devstack.azureml_emulator.arm.records import AssetVersion, Deployment
from devstack.azureml_emulator.serving.conda import OWN_PYTHON, UnsupportedEnvironment
from devstack.azureml_emulator.serving.no_code import needs_script, recipe_of
from devstack.azureml_emulator.serving.recipes import ANY_SERVER


class Files:
    """A model's text files, as a mount plan reads them from blob storage."""

    def __init__(self, **texts: str) -> None:
        self._texts = {"MLmodel": "flavors: {}", **texts}

    def text_in(self, uri: str, name: str) -> str | None:
        assert uri == "azureml://model"
        return self._texts.get(name)


def model(kind: str = "mlflow_model") -> AssetVersion:
    properties = {"modelUri": "azureml://model", "modelType": kind}
    return AssetVersion(name="m", version="1", properties=properties)


def recipe(**texts: str) -> Any:
    return recipe_of(model(), Files(**texts))  # type: ignore[arg-type]


def test_the_models_conda_file_says_python_and_pins_and_the_server_is_added():
    conda = "dependencies: [python=3.10, pip, {pip: [mlflow==2.9, scikit-learn==1.3.2]}]"
    found = recipe(**{"conda.yaml": conda})
    assert (found.python, found.requirements) == (
        "3.10",
        ("mlflow==2.9", "scikit-learn==1.3.2", ANY_SERVER),
    )


def test_without_a_conda_file_its_requirements_and_python_env_do():
    found = recipe(
        **{
            "requirements.txt": "mlflow-skinny==2.9  # small\n\nazureml_inference_server_http\n",
            "python_env.yaml": "python: 3.9.18",
        }
    )
    assert (found.python, found.requirements) == (
        "3.9",
        ("mlflow-skinny==2.9", "azureml_inference_server_http"),
    )
    bare = recipe(**{"requirements.txt": "scikit-learn"})
    assert (bare.python, bare.requirements) == (OWN_PYTHON, ("scikit-learn", ANY_SERVER, "mlflow"))


def test_a_model_that_does_not_say_what_it_needs_is_refused():
    with pytest.raises(UnsupportedEnvironment, match=r"neither conda\.yaml nor"):
        recipe()
    with pytest.raises(OperationFailed, match="no MLmodel"):
        recipe(MLmodel=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "code", "needed"),
    [
        ("mlflow_model", None, True),
        ("mlflow_model", {"codeId": "x"}, False),
        ("custom", None, False),
    ],
)
def test_only_mlflow_models_without_code_get_the_services_script(kind, code, needed):
    deployment = Deployment(
        endpoint="e", name="d", location="", sku={}, properties={"codeConfiguration": code}
    )
    assert needs_script(deployment, model(kind)) is needed
    assert not needs_script(deployment, None)
