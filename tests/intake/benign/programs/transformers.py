"""Every transformer of scikit-learn in front of a plain model, in a pipeline."""

import inspect
from typing import Any

import numpy as np
import samples
from estimators import small
from recorder import Recorder
from sklearn.feature_selection import chi2, f_classif, f_regression, mutual_info_classif
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.utils import all_estimators

POSITIVE = {
    "AdditiveChi2Sampler",
    "SkewedChi2Sampler",
    "NMF",
    "MiniBatchNMF",
    "LatentDirichletAllocation",
}
OTHER_INPUT = {
    "CountVectorizer",
    "DictVectorizer",
    "FeatureHasher",
    "HashingVectorizer",
    "IsotonicRegression",
    "LabelBinarizer",
    "KernelCenterer",
    "LabelEncoder",
    "MissingIndicator",
    "MultiLabelBinarizer",
    "PatchExtractor",
    "TfidfVectorizer",
}
"""Not of a table of numbers (PLS, CCA: of the target too);
texts.py has those that take texts and records."""


def _needs_another(kind: Any) -> bool:
    """Whether it is made around something, or cannot transform what comes later."""
    needed = inspect.signature(kind).parameters.values()
    return not hasattr(kind, "transform") or any(
        parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        for parameter in needed
    )


def record(recorder: Recorder, everywhere: bool) -> None:
    """A case for each transformer, half of them on a DataFrame, and some with other parameters."""
    for at, (name, kind) in enumerate(all_estimators(type_filter="transformer")):
        if name in OTHER_INPUT or name.startswith(("PLS", "CCA")) or _needs_another(kind):
            continue
        array: Any = samples.positive() if name in POSITIVE else samples.numbers()
        table = samples.number_table()
        table[:] = array
        data = table if at % 2 else array
        recorder.case(
            f"before-{name}",
            lambda kind=kind, data=data: make_pipeline(
                small(kind), LogisticRegression(max_iter=500)
            ).fit(data, samples.words()),
            data[:4],
            everywhere=everywhere,
        )
    _variants(recorder, everywhere)


def _variants(recorder: Recorder, everywhere: bool) -> None:
    from scipy.special import expit
    from sklearn import decomposition, feature_selection, impute, kernel_approximation
    from sklearn import preprocessing as pre

    table = samples.number_table()
    holes = table.mask(np.random.RandomState(5).uniform(size=table.shape) < 0.1)
    functions = {"log1p": np.log1p, "round": np.round, "expit": expit, "sqrt": np.sqrt}
    functions["none"] = None
    cases: dict[str, tuple[Any, Any]] = {
        f"function-{name}": (lambda function=function: pre.FunctionTransformer(function), None)
        for name, function in functions.items()
    }
    cases |= {
        "function-inverse": (
            lambda: pre.FunctionTransformer(np.log1p, inverse_func=np.expm1, validate=True),
            None,
        ),
        "function-arguments": (
            lambda: pre.FunctionTransformer(np.clip, kw_args={"a_min": 0.0, "a_max": 3.0}),
            None,
        ),
        "bins-onehot": (lambda: pre.KBinsDiscretizer(3, encode="onehot-dense"), None),
        "bins-kmeans": (lambda: pre.KBinsDiscretizer(3, encode="ordinal", strategy="kmeans"), None),
        "splines-periodic": (
            lambda: pre.SplineTransformer(n_knots=4, extrapolation="periodic"),
            None,
        ),
        "powers-interaction": (lambda: pre.PolynomialFeatures(3, interaction_only=True), None),
        "quantiles-normal": (
            lambda: pre.QuantileTransformer(n_quantiles=20, output_distribution="normal"),
            None,
        ),
        "box-cox": (lambda: pre.PowerTransformer("box-cox"), None),
        "select-chi2": (lambda: feature_selection.SelectKBest(chi2, k=2), None),
        "select-f": (lambda: feature_selection.SelectPercentile(f_classif, percentile=50), None),
        "select-regression": (lambda: feature_selection.SelectKBest(f_regression, k=2), None),
        "select-mutual": (
            lambda: feature_selection.SelectKBest(mutual_info_classif, k=2),
            None,
        ),
        "impute-mean": (lambda: impute.SimpleImputer(add_indicator=True), holes),
        "impute-constant": (lambda: impute.SimpleImputer(strategy="constant"), holes),
        "impute-neighbours": (lambda: impute.KNNImputer(n_neighbors=3), holes),
        "impute-indicator": (lambda: impute.MissingIndicator(features="all"), holes),
        "pca-share": (lambda: decomposition.PCA(0.9), None),
        "pca-whiten": (
            lambda: decomposition.PCA(2, whiten=True, random_state=np.random.RandomState(0)),
            None,
        ),
        "kernel-pca-rbf": (lambda: decomposition.KernelPCA(3, kernel="rbf"), None),
        "nystroem-poly": (
            lambda: kernel_approximation.Nystroem(
                "poly", degree=2, n_components=10, random_state=1
            ),
            None,
        ),
        "pandas-output": (
            lambda: pre.StandardScaler().set_output(transform="pandas"),
            None,
        ),
    }
    for name, (make, data) in cases.items():
        rows = np.abs(table) if data is None else data
        recorder.case(
            f"before-{name}",
            lambda make=make, rows=rows: make_pipeline(
                make(), LogisticRegression(max_iter=500)
            ).fit(rows, samples.two()),
            rows[:4],
            everywhere=everywhere,
        )
    recorder.case(
        "before-iterative-bayes",
        lambda: make_pipeline(_iterative(), Ridge()).fit(holes, samples.amounts()),
        holes[:4],
        everywhere=everywhere,
    )


def _iterative() -> Any:
    from sklearn.ensemble import ExtraTreesRegressor
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401
    from sklearn.impute import IterativeImputer

    forest = ExtraTreesRegressor(n_estimators=3, max_depth=3, random_state=0)
    return IterativeImputer(forest, max_iter=2, random_state=0)
