import pytest
import yaml

from devstack.azureml_emulator.serving.conda import UnreadableCondaFile, UnsupportedEnvironment
from devstack.azureml_emulator.serving.recipes import ANY_SERVER, Recipe, read_recipe


def conda(*dependencies: object) -> dict[str, str]:
    return {"condaFile": yaml.safe_dump({"name": "x", "dependencies": list(dependencies)})}


def test_a_conda_file_names_python_and_pins():
    properties = conda("python=3.11", "pip", {"pip": ["flask==3.0.0", "gunicorn==23.0.0"]})
    assert read_recipe(properties) == Recipe("3.11", ("flask==3.0.0", "gunicorn==23.0.0"))


@pytest.mark.parametrize(
    ("said", "version"),
    [("python=3.12", "3.12"), ("python==3.11.9", "3.11"), ("python=3.11.*", "3.11")],
)
def test_pythons_patch_level_is_the_machines(said, version):
    assert read_recipe(conda(said)).python == version


@pytest.mark.parametrize(
    "properties",
    [
        {"build": {"contextUri": "https://x"}},
        {"image": "mcr.microsoft.com/azureml/base"},
        conda("cudatoolkit=11.3"),
    ],
)
def test_what_only_a_real_image_can_give_is_refused(properties):
    with pytest.raises(UnsupportedEnvironment):
        read_recipe(properties)


@pytest.mark.parametrize(
    ("image", "named", "added"),
    [
        ("mcr.microsoft.com/azureml/minimal-ubuntu22.04-py39-cpu-inference:latest", "joblib", True),
        ("mcr.microsoft.com/azureml/minimal-ubuntu22.04-py39-cpu-inference", "azureml-defaults", 0),
        ("mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest", "joblib", False),
        ("docker.io/somebody/else-inference", "joblib", False),
    ],
)
def test_microsofts_inference_images_bring_the_server(image, named, added):
    properties = {**conda("python=3.11", {"pip": [named]}), "image": image}
    assert (ANY_SERVER in read_recipe(properties).requirements) == added


def test_a_file_that_is_no_conda_file_is_told_apart_from_that():
    with pytest.raises(UnreadableCondaFile):
        read_recipe({"condaFile": "{"})


def test_the_order_of_pins_does_not_make_another_environment():
    assert Recipe("3.11", ("a==1", "b==2")).digest == Recipe("3.11", ("b==2", "a==1")).digest
    assert Recipe("3.11", ("a==1",)).digest != Recipe("3.12", ("a==1",)).digest
    assert Recipe("3.11", ("a==1",)).digest != Recipe("3.11", ("a==2",)).digest
