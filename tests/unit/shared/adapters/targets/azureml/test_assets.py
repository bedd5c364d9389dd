"""The conda file that Azure builds the serving image from."""

import sys

from shared.adapters.targets.azureml.assets import conda_file
from shared.domain.model import SERVING_IMAGE


def test_holds_exactly_the_pinned_requirements():
    pins = ["azureml-inference-server-http==1.5.1", "scikit-learn==1.9.1"]
    *_, packages = conda_file("slipway-serving-abc", pins)["dependencies"]
    assert packages == {"pip": pins}


def test_names_the_apps_own_python_and_an_image_that_does_not_move():
    dependencies = conda_file("slipway-serving-abc", [])["dependencies"]
    assert dependencies[0] == f"python={sys.version_info.major}.{sys.version_info.minor}"
    assert not SERVING_IMAGE.endswith(":latest")
