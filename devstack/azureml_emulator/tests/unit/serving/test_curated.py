import pytest

from devstack.azureml_emulator.arm.records import AssetVersion
from devstack.azureml_emulator.serving.curated import (
    ENVIRONMENTS,
    in_registry,
    in_workspace,
    recipe_properties,
)
from devstack.azureml_emulator.serving.recipes import read_recipe

REGISTRY = "azureml://registries/azureml/environments"


@pytest.mark.parametrize("name", ENVIRONMENTS)
@pytest.mark.parametrize("version", ["versions/7", "labels/latest"])
def test_a_registrys_environment_resolves_to_its_published_pins(name, version):
    found = in_registry(f"{REGISTRY}/{name}/{version}")
    assert found is not None
    recipe = read_recipe(recipe_properties(found))
    assert recipe.python == ENVIRONMENTS[name][0]
    assert any(pin.startswith("azureml-inference-server-http==") for pin in recipe.requirements)


def test_the_scikit_learn_environment_has_the_pins_of_its_conda_file():
    found = in_registry(f"{REGISTRY}/sklearn-1.5/labels/latest")
    assert found is not None
    recipe = read_recipe(recipe_properties(found))
    assert {"scikit-learn~=1.5.0", "numpy~=1.22.0", "joblib~=1.2.0"} <= set(recipe.requirements)


def test_workspaces_have_them_under_names_of_their_own():
    found = in_workspace("azureml-SKLEARN-1.5", "3")
    assert found is not None
    assert (found.name, found.version) == ("AzureML-sklearn-1.5", "3")
    assert read_recipe(recipe_properties(found)).python == "3.10"


@pytest.mark.parametrize(
    "asset_id",
    [
        f"{REGISTRY}/acpt-pytorch-2.8-cuda12.6/labels/latest",
        "azureml://registries/somebodys/environments/sklearn-1.5/versions/1",
        "/subscriptions/s/environments/sklearn-1.5/versions/1",
    ],
)
def test_nothing_else_is_curated(asset_id):
    assert in_registry(asset_id) is None
    assert in_workspace("mine", "1") is None


def test_microsofts_image_of_a_curated_environment_has_its_pins():
    def properties(**more: str) -> dict:
        image = "mcr.microsoft.com/azureml/minimal-py311-inference:latest"
        version = AssetVersion(name="mine", version="1", properties={"image": image, **more})
        return recipe_properties(version)

    assert read_recipe(properties()).python == "3.11"
    own = "dependencies: [python=3.12]"
    assert read_recipe(properties(condaFile=own)).python == "3.12"
