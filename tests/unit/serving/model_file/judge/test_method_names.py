"""Every place where scikit-learn gets an attribute by a name that is data has been looked at."""

import ast
from pathlib import Path

import pytest
import sklearn

from serving.model_file.judge.method_names import METHOD_NAMES

_GETTERS = {
    "getattr",
    "attrgetter",
    "methodcaller",
    "_get_response_values",
    "_get_response_values_binary",
}
# Never run while a model predicts: tests, plots, checks of estimators, other projects' code.
_ASIDE = ("tests/", "externals/", "datasets/", "inspection/", "callback/", "metrics/_plot/")
_ASIDE_FILES = ("utils/estimator_checks.py", "utils/_plotting.py")

_OWN_PARAMETERS = "names of the constructor's parameters, from its signature"
_DELEGATES = "names that scikit-learn's code gives to available_if and to delegation"
# file -> how the name comes about, or the attribute of METHOD_NAMES that it is read from.
REVIEWED = {
    "base.py": _OWN_PARAMETERS,
    "calibration.py": "a list of literals",
    "ensemble/_base.py": "estimator_params, read only while fitting",
    "ensemble/_stacking.py": "stack_method_",
    "feature_selection/_base.py": "importance_getter",
    "frozen/_frozen.py": _DELEGATES,
    "gaussian_process/kernels.py": _OWN_PARAMETERS,
    "kernel_approximation.py": "literals of KERNEL_PARAMS",
    "metrics/_scorer.py": "scorers are never called by a prediction",
    "model_selection/_classification_threshold.py": "response_method",
    "model_selection/_search.py": _DELEGATES,
    "model_selection/_split.py": "the printing of splitters",
    "model_selection/_validation.py": "the caller's argument, while fitting",
    "multiclass.py": _DELEGATES,
    "multioutput.py": "chain_method",
    "pipeline.py": _DELEGATES,
    "utils/_array_api.py": "names of vars() of an estimator, to move arrays",
    "utils/_metadata_requests.py": "literals of METHODS, when routing is enabled",
    "utils/_param_validation.py": "literals of HasMethods",
    "utils/_response.py": "passes on what its callers give, which are listed here",
    "utils/_set_output.py": "literals, while a class is made",
    "utils/_sparse.py": "the format that the class of a sparse matrix has",
    "utils/metaestimators.py": "names of steps and of parameters, while parameters are set",
    "utils/validation.py": "literals and the caller's arguments",
}


def files_with_names_that_are_data() -> set[str]:
    root = Path(sklearn.__file__).parent
    found = set()
    for path in root.rglob("*.py"):
        name = path.relative_to(root).as_posix()
        if any(part in name for part in _ASIDE) or name in _ASIDE_FILES:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _gets_by_data(node):
                found.add(name)
    return found


def _gets_by_data(call: ast.Call) -> bool:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name not in _GETTERS:
        return False
    place = 1 if name == "getattr" and len(call.args) > 1 else 0
    given = call.args[place] if call.args else None
    return name.startswith("_get_response") or not isinstance(given, ast.Constant)


def test_no_file_of_scikit_learn_is_left_unreviewed() -> None:
    assert files_with_names_that_are_data() - set(REVIEWED) == set()


@pytest.mark.parametrize("attribute", ["stack_method_", "importance_getter", "response_method",
                                       "chain_method"])  # fmt: skip
def test_the_attributes_that_the_review_names_are_judged(attribute: str) -> None:
    assert attribute in METHOD_NAMES
    assert attribute in REVIEWED.values()
    assert "eval" not in METHOD_NAMES[attribute]
