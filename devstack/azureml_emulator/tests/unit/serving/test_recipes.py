import pytest
import yaml

from devstack.azureml_emulator.serving.conda import UnreadableCondaFile, UnsupportedEnvironment
from devstack.azureml_emulator.serving.recipes import Recipe, read_recipe


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


def test_a_file_that_is_no_conda_file_is_told_apart_from_that():
    with pytest.raises(UnreadableCondaFile):
        read_recipe({"condaFile": "{"})


def test_the_order_of_pins_does_not_make_another_environment():
    assert Recipe("3.11", ("a==1", "b==2")).digest == Recipe("3.11", ("b==2", "a==1")).digest
    assert Recipe("3.11", ("a==1",)).digest != Recipe("3.12", ("a==1",)).digest
    assert Recipe("3.11", ("a==1",)).digest != Recipe("3.11", ("a==2",)).digest
