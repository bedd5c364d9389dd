"""What the owner of a refused file is told, and in which order."""

import pytest

from shared.adapters.conversion.scan.explain import refusal_of
from shared.adapters.conversion.scan.refusal import Refusal
from shared.adapters.conversion.scan.refusal_names import reasons_of

SKLEARN = {"sklearn.linear_model._logistic"}


def told(*names: str, versions: tuple[str, ...] = ("1.9.1",), use: str = "called") -> Refusal:
    pairs = {(m, n): use for m, _, n in (name.partition(":") for name in names)}
    modules = SKLEARN | {module for module, _ in pairs}
    refusal = refusal_of(pairs, [], modules, versions)
    assert refusal is not None
    return refusal


def test_has_nothing_to_say_of_an_honest_model() -> None:
    assert refusal_of({}, [], SKLEARN, ["1.9.1"]) is None


@pytest.mark.parametrize(
    ("name", "library"),
    [
        ("torch._utils:_rebuild_tensor_v2", "PyTorch"),
        ("keras.src.models.sequential:Sequential", "Keras"),
        ("statsmodels.regression.linear_model:OLS", "statsmodels"),
        ("prophet.forecaster:Prophet", "Prophet"),
        ("sktime.forecasting.naive:NaiveForecaster", "sktime"),
        ("sklego.linear_model:LADRegression", "scikit-lego"),
        ("lifelines.fitters:CoxPHFitter", "lifelines"),
        ("cuml.ensemble:RandomForestClassifier", "cuML"),
    ],
)
def test_calls_a_known_library_unsupported_and_not_unsafe(name: str, library: str) -> None:
    refusal = told(name, "builtins:getattr", "collections:ChainMap")
    assert refusal.code == "model_unsupported"
    assert library in refusal.message
    assert "unsafe" not in refusal.message
    assert library in refusal.fix


@pytest.mark.parametrize(
    "name",
    [
        "os:system",
        "posix:system",
        "builtins:eval",
        "subprocess:Popen",
        "numpy:load",
        "numpy.testing._private.utils:runstring",
        "pandas.io.pickle:read_pickle",
    ],
)
def test_calls_what_reaches_out_unsafe(name: str) -> None:
    refusal = told(name, "torch.nn:Linear")
    assert refusal.code == "model_unsafe"
    assert name.replace(":", ".") in refusal.message
    assert "calls" in refusal.message
    assert "names" in told(name, use="named").message


@pytest.mark.parametrize("name", ["__main__:AgeBuckets", "__main__:Model.<locals>.Inner"])
def test_says_that_a_class_is_the_users_own(name: str) -> None:
    refusal = told(name, use="named")
    assert "your own" in refusal.message
    assert name.replace(":", ".") in refusal.message
    assert "ColumnTransformer" in refusal.fix


def test_says_that_a_class_of_a_module_of_ones_own_is_in_no_library() -> None:
    refusal = told("shop.features:AgeBuckets", use="named")
    assert "shop.features.AgeBuckets: your own class or function" in refusal.message
    assert "'shop'" in refusal.message
    assert "FunctionTransformer(np.log1p)" in refusal.fix


def test_tells_functions_from_classes() -> None:
    assert "your own function __main__.clean" in told("__main__:clean", use="named").message


@pytest.mark.parametrize(
    "name",
    ["cloudpickle.cloudpickle:_make_function", "dill._dill:_create_function", "types:CodeType"],
)
def test_says_that_code_was_written_into_the_file(name: str) -> None:
    refusal = told(name, "builtins:getattr")
    assert "as code" in refusal.message
    assert "FunctionTransformer" in refusal.fix


@pytest.mark.parametrize("version", ["1.0.2", "0.24.1"])
def test_tells_the_version_before_anything_else(version: str) -> None:
    refusal = told("shop:X", "sklearn.ensemble.forest:Old", versions=(version,))
    assert refusal.code == "model_unsupported"
    assert version in refusal.message
    assert "1.1 is the oldest" in refusal.message
    assert "Python 3.11" in refusal.message


def test_tells_versions_that_are_too_new_or_mixed_or_none() -> None:
    assert "newer than 1.9" in told("a:B", versions=("1.10.0",)).message
    assert "different releases" in told("a:B", versions=("1.2.0", "1.3.0")).message
    assert "no released version" in told("a:B", versions=("1.4.dev0",)).message


def test_says_of_a_name_that_no_model_needs_what_it_is_part_of() -> None:
    refusal = told("sklearn.datasets._base:load_files")
    assert "part of scikit-learn" in refusal.message
    assert "parameter of yours" in refusal.fix
    assert "standard library" in told("logging:getLogger").message


@pytest.mark.parametrize(
    ("modules", "what"), [({"pandas.core.frame", "numpy"}, "table"), ({"numpy"}, "an array")]
)
def test_asks_first_whether_there_is_a_model(modules: set[str], what: str) -> None:
    refusal = refusal_of({}, [], modules, [])
    assert refusal is not None
    assert refusal.code == "model_without_predict"
    assert what in refusal.message


def test_tells_how_a_file_is_built() -> None:
    refusal = refusal_of({}, ["A frame inside a frame"], SKLEARN, ["1.9.1"])
    assert refusal is not None
    assert "A frame inside a frame" in refusal.message


def test_gives_a_reason_for_each_name() -> None:
    names = [("os", "system"), ("__main__", "X"), ("torch", "Tensor"), ("shop", "Y")]
    reasons = reasons_of(dict.fromkeys(names, "named"))
    assert [reason.split(": ")[0] for reason in reasons] == [".".join(name) for name in names]
    assert "PyTorch is not supported" in reasons[2]


@pytest.mark.parametrize("name", ["zoneinfo:ZoneInfo._unpickle", "pytz:_p", "datetime:timezone"])
def test_times_with_a_zone_are_unsupported_and_what_to_do_is_said(name: str) -> None:
    refusal = told(name)
    assert refusal.code == "model_unsupported"
    assert "tz_convert" in refusal.fix
    assert told(name, "os:system").code == "model_unsafe"


def test_periods_are_unsupported_and_what_to_do_is_said() -> None:
    refusal = told("pandas:Period", "pandas._libs.tslibs.offsets:MonthEnd")
    assert refusal.code == "model_unsupported"
    assert "astype(str)" in refusal.fix
    assert told("pandas:Period", "os:system").code == "model_unsafe"
