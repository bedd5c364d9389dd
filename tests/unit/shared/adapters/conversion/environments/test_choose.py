"""What a file shows decides the versions: pinned, complete, named by their hash."""

import re

import pytest

from shared.adapters.conversion.environments import pinned_set
from shared.adapters.conversion.environments.choose import choose
from shared.adapters.conversion.environments.pinned_set import PinnedSet
from shared.adapters.conversion.environments.pins import pins, supported_releases, version_in
from shared.errors.models import ModelRefused

EXACT = re.compile(r"[a-z0-9-]+==[0-9][0-9a-z.]*")


def told(libraries: dict[str, str]) -> list[tuple[str, str, str]]:
    names = ("scikit-learn", "numpy", "pandas")
    versions = [[version_in(one.pins, name) for name in names] for one in choose(libraries)]
    return [(sklearn, numpy[:1], pandas[:1]) for sklearn, numpy, pandas in versions]


@pytest.mark.parametrize("release", supported_releases())
def test_every_requirement_is_one_exact_pin(release: str) -> None:
    extras = dict.fromkeys(pins()["libraries"][release.rpartition(".")[0]], "")
    for pinned in choose({"scikit-learn": release, **extras}):
        for requirements in (pinned.serving_requirements(), pinned.conversion_requirements()):
            assert all(EXACT.fullmatch(pin) for pin in requirements)
            names = [pin.split("==")[0] for pin in requirements]
            assert names == sorted(set(names))


def test_only_the_endpoint_has_the_server_and_nothing_has_mlflow() -> None:
    pinned = choose({"scikit-learn": "1.5.1"})[0]
    server = "azureml-inference-server-http==1.5.1"
    assert server in pinned.serving_requirements()
    assert {"scikit-learn==1.5.1", "joblib==1.6.0"} <= set(pinned.serving_requirements())
    converts = [pin.split("==")[0] for pin in pinned.conversion_requirements()]
    assert not {"mlflow", "mlflow-skinny", "pyarrow", "pydantic", "flask"} & set(converts)


@pytest.mark.parametrize(
    ("shown", "sets"),
    [
        ({"scikit-learn": "1.4.0", "numpy": "1"}, [("1.4.0", "1", "2"), ("1.4.0", "2", "2")]),
        ({"scikit-learn": "1.4.2", "numpy": "2.0.2"}, [("1.4.2", "2", "2"), ("1.4.2", "1", "2")]),
        ({"scikit-learn": "1.6.1", "numpy": "1"}, [("1.6.1", "1", "2"), ("1.6.1", "2", "2")]),
        ({"scikit-learn": "1.9.1", "pandas": "2"}, [("1.9.1", "2", "2"), ("1.9.1", "2", "3")]),
        ({"scikit-learn": "1.9.1", "pandas": ""}, [("1.9.1", "2", "3"), ("1.9.1", "2", "2")]),
        ({"scikit-learn": "1.7.0", "pandas": "3"}, [("1.7.0", "2", "3"), ("1.7.0", "2", "2")]),
        ({"scikit-learn": "1.2.2", "numpy": "unknown"}, [("1.2.2", "1", "2"), ("1.2.2", "1", "1")]),
        ({"scikit-learn": "1.3.0"}, [("1.3.0", "1", "2")]),
        ({"scikit-learn": "1.3.0, 1.3.2"}, [("1.3.2", "1", "2"), ("1.3.0", "1", "2")]),
        ({"XGBoost": "3.2.0"}, [("1.9.1", "2", "3"), ("1.9.1", "2", "2")]),
        ({"LightGBM": "unknown"}, [("1.9.1", "2", "3"), ("1.9.1", "2", "2")]),
        ({"LightGBM": "4.3.0"}, [("1.5.2", "2", "2"), ("1.5.2", "1", "2")]),
        ({"LightGBM": "3.3.5"}, [("1.2.2", "1", "2"), ("1.2.2", "1", "1")]),
    ],
)
def test_the_likelier_set_comes_first(
    shown: dict[str, str], sets: list[tuple[str, str, str]]
) -> None:
    assert told(shown) == sets


@pytest.mark.parametrize(
    ("shown", "pinned"),
    [
        ("3.0.2", "3.0.2"),
        ("1.7.6", "2.1.1"),  # there is no lighter build of it; every release reads older models
        ("", "3.2.0"),
        ("unknown", "3.2.0"),
        ("3", "3.2.0"),
    ],
)
def test_a_library_is_pinned_to_the_release_that_the_file_shows(shown: str, pinned: str) -> None:
    found = choose({"scikit-learn": "1.6.1", "XGBoost": shown})[0]
    assert version_in(found.pins, "xgboost-cpu") == pinned
    assert not version_in(found.pins, "nvidia-nccl-cu12")
    assert f"xgboost-cpu {pinned}" in found.told


def test_what_is_told_names_the_versions_that_matter() -> None:
    first = choose({"scikit-learn": "1.4.2", "numpy": "2"})[0]
    assert first.told == "scikit-learn 1.4.2 with numpy 2.0.2, pandas 2.2.3"


def test_a_release_that_was_never_built_for_this_python_is_read_by_the_next() -> None:
    assert told({"scikit-learn": "1.1.0"})[0][0] == "1.1.3"


@pytest.mark.parametrize(
    ("sklearn", "shown", "scipy"),
    [
        ("1.8.0", "1.17 or later", "1.17.1"),
        ("1.8.0", "up to 1.16", "1.16.3"),
        ("1.9.1", "up to 1.16", "1.16.3"),
        ("1.9.1", "1.17 or later", "1.17.1"),
        ("1.9.1", "1.14 to 1.16", "1.16.3"),
        ("1.9.1", "1.14 or later", "1.17.1"),
        ("1.4.2", "1.17 or later", "1.17.1"),
        ("1.4.2", "up to 1.16", "1.13.1"),
        ("1.4.2", "1.14 or later", "1.15.3"),
        ("1.4.2", "1.14 to 1.16", "1.15.3"),
        ("1.4.2", "1.16 or later", "1.16.3"),
        ("1.2.2", "1.14 or later", "1.15.3"),
        ("1.2.2", "1.17 or later", "1.10.1"),  # nothing newer runs with its numpy
        ("1.4.2", "unknown", "1.13.1"),
    ],
)
def test_splines_and_functions_are_read_by_a_scipy_that_has_them(
    sklearn: str, shown: str, scipy: str
) -> None:
    first = choose({"scikit-learn": sklearn, "scipy": shown})[0]
    assert version_in(first.pins, "scipy") == scipy


@pytest.mark.parametrize(
    ("sklearn", "shown", "lightgbm"),
    [
        ("1.1.3", "unknown", "3.3.5"),
        ("1.2.2", "unknown", "3.3.5"),
        ("1.2.2", "4.7.0", "4.7.0"),
        ("1.3.2", "unknown", "4.3.0"),
        ("1.4.2", "3.3.5", "3.3.5"),
        ("1.5.2", "unknown", "4.5.0"),
        ("1.8.0", "unknown", "4.6.0"),
        ("1.8.0", "4.7.0", "4.7.0"),
        ("1.9.1", "unknown", "4.7.0"),
    ],
)
def test_lightgbm_is_what_the_file_shows_or_of_scikit_learns_time(
    sklearn: str, shown: str, lightgbm: str
) -> None:
    first = choose({"scikit-learn": sklearn, "LightGBM": shown})[0]
    assert version_in(first.pins, "lightgbm") == lightgbm
    assert version_in(first.pins, "narwhals")


@pytest.mark.parametrize(
    ("sklearn", "releases"),
    [("1.2.2", ["2.6.4", "2.7.0"]), ("1.5.2", ["2.6.4", "2.7.0"]), ("1.6.1", ["2.11.2", "2.11.2"])],
)
def test_encoders_of_two_years_are_tried(sklearn: str, releases: list[str]) -> None:
    sets = choose({"scikit-learn": sklearn, "category_encoders": "unknown"})
    assert [version_in(one.pins, "category-encoders") for one in sets] == releases


@pytest.mark.parametrize(
    ("sklearn", "releases"),
    [("1.4.2", ["1.7.0", "1.9.4"]), ("1.5.2", ["1.9.4", "1.7.0"]), ("1.9.1", ["1.9.4", "1.7.0"])],
)
def test_the_other_side_of_feature_engine_1_8_is_the_next_set(
    sklearn: str, releases: list[str]
) -> None:
    sets = choose({"scikit-learn": sklearn, "feature-engine": "unknown", "numpy": "1"})
    assert [version_in(one.pins, "feature-engine") for one in sets] == releases


def test_feature_engine_of_the_time_of_pandas_1_is_tried_with_that() -> None:
    sets = choose({"scikit-learn": "1.2.2", "feature-engine": "unknown"})
    names = ("pandas", "feature-engine")
    told = [[version_in(one.pins, name) for name in names] for one in sets]
    assert told == [["2.0.3", "1.6.2"], ["1.5.3", "1.5.2"]]


@pytest.mark.parametrize("sklearn", ["1.2.2", "1.6.1", "1.9.1"])
def test_a_mixed_model_of_category_encoders_comes_with_statsmodels(sklearn: str) -> None:
    """Which its newer releases no longer ask for: their other encoders do without."""
    shown = {"scikit-learn": sklearn, "category_encoders": "unknown", "statsmodels": "unknown"}
    for pinned in choose(shown):
        held = {pin.split("==")[0] for pin in pinned.conversion_requirements()}
        assert {"statsmodels", "patsy", "category-encoders"} <= held


def test_pycaret_comes_with_what_it_insists_on() -> None:
    (pinned,) = choose({"scikit-learn": "1.4.2", "PyCaret": "unknown"})
    assert {"pycaret==3.3.2", "joblib==1.3.2", "scipy==1.11.4"} <= set(pinned.pins)
    assert "sktime" in {pin.split("==")[0] for pin in pinned.serving_requirements()}
    assert "sktime" not in {pin.split("==")[0] for pin in pinned.conversion_requirements()}


def test_pycaret_with_a_scikit_learn_that_it_does_not_know_is_refused_with_those_it_does() -> None:
    with pytest.raises(ModelRefused, match=r"1\.6\.1 and PyCaret.* scikit-learn 1\.4 only") as told:
        choose({"scikit-learn": "1.6.1", "pycaret": ""})
    assert told.value.code == "model_unsupported"
    assert "1.4.2" in told.value.fix


@pytest.mark.parametrize("version", ["1.0.2", "0.24.1", "1.99.0", "1.7.dev0", "1.5.0rc1", "x"])
def test_an_unsupported_version_is_refused_with_the_range(version: str) -> None:
    with pytest.raises(ModelRefused, match=r"1\.1 to 1\.9 are supported") as refusal:
        choose({"scikit-learn": version})
    assert refusal.value.code == "model_unsupported"
    assert version in refusal.value.message


def test_the_refusal_of_an_old_version_says_why_it_is_too_old() -> None:
    with pytest.raises(ModelRefused, match=r"Python 3\.\d+, for which older releases"):
        choose({"scikit-learn": "1.0.2"})


def test_the_name_is_legal_and_changes_with_any_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    one = PinnedSet(("numpy==1.0",))
    names = {one.environment_name, PinnedSet(("numpy==1.1",)).environment_name}
    assert len(names) == 2
    assert all(re.fullmatch(r"slipway-serving-[0-9a-f]{12}", name) for name in names)
    assert PinnedSet(("numpy==1.0",)).environment_name in names
    monkeypatch.setattr(pinned_set, "SERVING_IMAGE", "mcr.microsoft.com/other:20270101.v1")
    assert one.environment_name not in names
