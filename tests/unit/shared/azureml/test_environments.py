"""The conda file that Azure builds the serving image from."""

from shared.azureml.environments import BASE_IMAGE, PYTHON, conda_file
from shared.conversion.environments import SERVING_PYTHON


def test_holds_exactly_the_pinned_requirements():
    pins = ["azureml-inference-server-http==1.5.1", "scikit-learn==1.9.1"]
    *_, packages = conda_file("slipway-serving-abc", pins)["dependencies"]
    assert packages == {"pip": pins}


def test_names_python_and_an_image_that_does_not_move():
    dependencies = conda_file("slipway-serving-abc", [])["dependencies"]
    assert dependencies[0] == f"python={PYTHON}"
    assert not BASE_IMAGE.endswith(":latest")


def test_the_image_has_the_python_that_the_requirements_were_pinned_for():
    assert PYTHON == SERVING_PYTHON
