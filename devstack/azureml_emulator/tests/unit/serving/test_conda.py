import pytest
import yaml

from devstack.azureml_emulator.serving.conda import (
    OWN_PYTHON,
    UnreadableCondaFile,
    UnsupportedEnvironment,
    read_conda,
    requirement,
)

MANAGED_SAMPLE = """
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


@pytest.mark.parametrize(
    ("spec", "pip"),
    [
        ("numpy", "numpy"),
        ("numpy=1.23.5", "numpy==1.23.5.*"),
        ("numpy=1.23.*", "numpy==1.23.*"),
        ("numpy==1.23.5", "numpy==1.23.5"),
        ("numpy=1.23.5=py39h7a5d4dd_0", "numpy==1.23.5.*"),
        ("numpy==1.23.5=py39h7a5d4dd_0", "numpy==1.23.5"),
        ("conda-forge::scikit-learn=1.2", "scikit-learn==1.2.*"),
        ("pandas >=1.5, <2", "pandas>=1.5,<2"),
        ("numpy~=1.22.0", "numpy~=1.22.0"),
        ("numpy 1.11", "numpy==1.11"),
        ("Scikit-Learn", "scikit-learn"),
    ],
)
def test_a_conda_specification_is_read_as_pips(spec, pip):
    assert requirement(spec) == pip


@pytest.mark.parametrize(
    ("packages", "bound"),
    [
        (["scikit-learn=1.2.2", "numpy"], True),
        (["pandas==2.0.0=py310h_0"], True),
        (["scikit-learn=1.5"], False),
        (["scikit-learn=1.2.2", "numpy=1.23"], False),
        (["scikit-learn>=1.2"], False),
        (["joblib=1.2"], False),
    ],
)
def test_builds_older_than_numpy_2_keep_it_out(packages, bound):
    _, requirements = read_conda(yaml.safe_dump({"dependencies": packages}))
    assert ("numpy<2" in requirements) == bound


def test_the_managed_samples_conda_file_is_read_whole():
    assert read_conda(MANAGED_SAMPLE) == (
        "3.9",
        (
            "numpy==1.23.5.*",
            "pip==23.0.1.*",
            "scikit-learn==1.2.2.*",
            "scipy==1.10.1.*",
            "azureml-inference-server-http==1.4.0",
            "inference-schema[numpy-support]",
            "joblib",
        ),
    )


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("python", OWN_PYTHON),
        ("python=3.10.*", "3.10"),
        ("python==3.9.16", "3.9"),
        ("python>=3.8,<3.11", "3.8"),
        ("python<3.13", OWN_PYTHON),
        ("python 3.10", "3.10"),
    ],
)
def test_python_is_the_first_version_that_is_named(said, version):
    assert read_conda(yaml.safe_dump({"dependencies": [said]}))[0] == version


def test_what_pypi_does_not_have_under_its_name_is_named():
    conda = {"dependencies": ["numpy", "pytorch=2.1", "cudatoolkit=11.3", "libgcc-ng"]}
    with pytest.raises(UnsupportedEnvironment) as refused:
        read_conda(yaml.safe_dump(conda))
    assert str(refused.value) == (
        "These conda packages are not on PyPI under their name and cannot be installed here:"
        " pytorch=2.1 (on PyPI: torch), cudatoolkit=11.3, libgcc-ng."
    )


def test_a_specification_that_cannot_be_read_is_named():
    with pytest.raises(UnsupportedEnvironment, match=r"numpy\[build=x\]"):
        read_conda("dependencies: ['numpy[build=x]']")


@pytest.mark.parametrize("text", ["{", "- numpy"])
def test_what_is_no_conda_file_is_refused(text):
    with pytest.raises(UnreadableCondaFile):
        read_conda(text)
