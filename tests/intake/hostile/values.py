"""Models of allowed classes with hostile values: parameters, callables, names of methods."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.feature_selection import RFE, SelectFromModel, SelectKBest
from sklearn.frozen import FrozenEstimator
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.kernel_approximation import AdditiveChi2Sampler, RBFSampler
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier, OutputCodeClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    PolynomialFeatures,
    SplineTransformer,
    StandardScaler,
)
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.svm import SVC

from tests.intake.hostile.case import Case
from tests.intake.hostile.fitting import Make, Reduced, X, Y, as_cases, changed, dumped, fitted

WRAPPERS: dict[str, Callable[[Any], Any]] = {
    "FeatureUnion": lambda e: FeatureUnion([("a", e)]),
    "Pipeline": lambda e: Pipeline([("a", e), ("b", LogisticRegression())]),
    "ColumnTransformer": lambda e: ColumnTransformer([("a", e, [0])]),
    "Voting": lambda e: VotingClassifier([("a", e)]),
    "Stacking": lambda e: StackingClassifier([("a", e)]),
    "final estimator": lambda e: StackingClassifier([("a", LogisticRegression())], e),
    "Calibrated": lambda e: CalibratedClassifierCV(e),
    "target": lambda e: TransformedTargetRegressor(LinearRegression(), transformer=e),
    "Bagging": lambda e: BaggingClassifier(e),
    "AdaBoost": lambda e: AdaBoostClassifier(e),
    "OneVsRest": lambda e: OneVsRestClassifier(e),
    "OneVsOne": lambda e: OneVsOneClassifier(e),
    "OutputCode": lambda e: OutputCodeClassifier(e),
    "MultiOutput": lambda e: MultiOutputClassifier(e),
    "Chain": lambda e: ClassifierChain(e),
    "SelectFromModel": lambda e: SelectFromModel(e),
    "RFE": lambda e: RFE(e),
    "SelfTraining": lambda e: SelfTrainingClassifier(e),
    "threshold": lambda e: FixedThresholdClassifier(e),
    "Frozen": lambda e: FrozenEstimator(e),
    "search": lambda e: GridSearchCV(e, {}),
}


def _estimators() -> Iterator[tuple[str, Make]]:
    frame = pd.DataFrame({"a": [1.0, 2]})
    strange = {
        "a DataFrame": frame,
        "a Series": frame["a"],
        "text": "os.system",
        "a class": LogisticRegression,
        "a function": np.add,
        "a list of frames": [frame],
    }
    for said, inner in strange.items():
        yield f"FrozenEstimator of {said}", lambda i=inner: fitted(estimator=FrozenEstimator(i))
        yield (
            f"estimators_ of {said}",
            lambda i=inner: fitted(RandomForestClassifier, estimators_=[i]),
        )

    def stacking() -> object:
        model = StackingRegressor([("a", LinearRegression())], LinearRegression(), cv=2)
        model.fit(X, Y)
        model.estimators_ = [FrozenEstimator(frame)]
        model.stack_method_ = ["eval"]
        keep = FunctionTransformer(validate=False)
        return Pipeline([("text", keep), ("model", model)])

    yield "a stack that evaluates text", stacking
    for said, wrap in WRAPPERS.items():
        yield f"{said} of a DataFrame", lambda w=wrap: _with_inner(w, frame)
    for name in ("stack_method_", "stack_method", "response_method", "_response_method",
                 "chain_method_", "importance_getter", "_estimator_type"):  # fmt: skip
        for value in ("eval", "__init__", "query", "to_pickle", "__class__.__init__"):
            held = [value] if name == "stack_method_" else value
            yield f"{name} = {value!r}", lambda n=name, v=held: fitted(**{n: v})
    for name in (
        "predict",
        "transform",
        "fit",
        "__class__",
        "__reduce__",
        "__del__",
        "__setstate__",
        "decision_function",
        "get_params",
        "__sklearn_tags__",
        "_validate_params",
    ):
        yield f"an attribute {name}", lambda n=name: Reduced(*_state_of(fitted(), {n: np.add}))


def _state_of(model: Any, more: dict[str, object]) -> tuple[Any, ...]:
    import copyreg

    return (copyreg._reconstructor, (type(model), object, None), {**vars(model), **more})  # type: ignore[attr-defined]


def _with_inner(wrap: Callable[[Any], Any], inner: object) -> object:
    model = wrap(LogisticRegression())
    for name, value in vars(model).items():
        if isinstance(value, LogisticRegression):
            setattr(model, name, inner)
        elif isinstance(value, list):
            setattr(model, name, [_replaced(item, inner) for item in value])
    return model


def _replaced(item: object, inner: object) -> object:
    if type(item) is tuple:
        return tuple(inner if isinstance(part, LogisticRegression) else part for part in item)
    return item


def _parameters() -> Iterator[tuple[str, Make]]:
    for reads in ("filename", "file"):
        for kind in (CountVectorizer, TfidfVectorizer, HashingVectorizer):
            yield f"{kind.__name__}(input={reads!r})", lambda k=kind, r=reads: k(input=r)
    files = CountVectorizer(input="filename", analyzer="char")
    for said, wrap in WRAPPERS.items():
        yield f"a reader of files in {said}", lambda w=wrap: w(files)
        yield (
            f"Pipeline(memory=path) in {said}",
            lambda w=wrap: w(Pipeline([("a", LogisticRegression())], memory="/tmp/x")),
        )
    yield "input set to a numpy text", lambda: changed(CountVectorizer(), input=np.str_("filename"))
    yield "input set to an array", lambda: changed(CountVectorizer(), input=np.array(["filename"]))
    for place, value in {
        "a path": "/tmp/cache",
        "a model": LogisticRegression(),
        "True": True,
        "a numpy text": np.str_("/tmp/c"),
        "an empty text": "",
    }.items():
        yield (
            f"memory = {place}",
            lambda v=value: changed(
                Pipeline([("a", StandardScaler()), ("b", LogisticRegression())]), memory=v
            ),
        )
    for jobs in (10**6, -(10**6), 0, 10**30, "8", np.int64(10**6), 3.5):
        yield f"n_jobs = {jobs!r}", lambda j=jobs: fitted(RandomForestClassifier, n_jobs=j)
    for verbose in ("/tmp/log", {"a": 1}, LogisticRegression(), np.add):
        yield (
            f"verbose = {type(verbose).__name__}",
            lambda v=verbose: fitted(RandomForestClassifier, verbose=v),
        )
    formats = (
        "{transformer_name.__class__}",
        "{feature_name!r:>999999999}",
        "{0.__init__}",
        "{",
        "{x}",
    )
    for form in formats:
        yield (
            f"names by {form!r}",
            lambda f=form: ColumnTransformer(
                [("a", "passthrough", [0])], verbose_feature_names_out=f
            ),
        )
    for said, value in {
        "dict": {"a": 1},
        "text": "x",
        "function": np.add,
        "object": object(),
    }.items():
        yield f"C = a {said}", lambda v=value: fitted(C=v)
        yield (
            f"a scaler's with_mean = a {said}",
            lambda v=value: fitted(StandardScaler, with_mean=v),
        )
    for said, value in {"a path": "/etc/passwd", "a model": LogisticRegression()}.items():
        yield f"stop_words = {said}", lambda v=value: changed(CountVectorizer(), stop_words=v)
        yield f"vocabulary = {said}", lambda v=value: changed(CountVectorizer(), vocabulary=v)
    yield "a token pattern that never ends", lambda: CountVectorizer(token_pattern="(a+)+$")
    yield (
        "a format of a frame",
        lambda: changed(StandardScaler(), _sklearn_output_config={"transform": "os"}),
    )


def _callables() -> Iterator[tuple[str, Make]]:
    classes = (np.memmap, np.ndarray, pd.DataFrame, LogisticRegression, dict)
    bound = {"a bound method": LogisticRegression().fit, "a method of text": "x".join,
             "a method of an array": np.zeros(2).tofile, "a built-in": print,
             "another module's function": np.load, "a method of a frame": pd.DataFrame().eval,
             "getattr": getattr}  # fmt: skip
    every = {**{f"the class {c.__name__}": c for c in classes}, **bound}
    for said, function in every.items():
        yield f"func = {said}", lambda f=function: FunctionTransformer(f)
        yield f"metric = {said}", lambda f=function: fitted(KNeighborsClassifier, metric=f)
        yield f"kernel = {said}", lambda f=function: fitted(SVC, kernel=f)
        yield f"analyzer = {said}", lambda f=function: changed(CountVectorizer(), analyzer=f)
    for name in ("tokenizer", "preprocessor", "strip_accents"):
        yield (
            f"{name} = a class",
            lambda n=name: changed(CountVectorizer(), **{n: LogisticRegression}),
        )
    yield "score_func = a class", lambda: changed(SelectKBest(), score_func=pd.DataFrame)
    yield "weights = a method", lambda: fitted(KNeighborsClassifier, weights=np.zeros(2).tofile)
    yield "kernel = a text", lambda: changed(GaussianProcessRegressor(), kernel="os")
    yield "an optimizer of a class", lambda: changed(GaussianProcessRegressor(), optimizer=dict)
    yield "functions in an array", lambda: fitted(classes_=np.array([np.load, print], dtype=object))
    yield "a frame in an array", lambda: fitted(classes_=_holding(pd.DataFrame({"a": [1]})))
    yield "a model in coef_", lambda: fitted(coef_=LogisticRegression())
    yield "a frame in coef_", lambda: fitted(coef_=pd.DataFrame({"a": [1.0]}))
    yield "columns chosen by a class", lambda: ColumnTransformer([("a", StandardScaler(), dict)])


def _holding(value: object) -> object:
    array = np.empty(1, dtype=object)
    array[0] = value
    return array


def _allocating() -> Iterator[tuple[str, Make]]:
    big = 10**9
    yield "PolynomialFeatures(degree)", lambda: changed(PolynomialFeatures().fit(X), degree=big)
    yield (
        "PolynomialFeatures(degrees)",
        lambda: changed(PolynomialFeatures().fit(X), degree=(0, big)),
    )
    yield "_n_out_full", lambda: changed(PolynomialFeatures().fit(X), _n_out_full=10**10)
    yield "_max_degree", lambda: changed(PolynomialFeatures().fit(X), _max_degree=10**10)
    yield "HashingVectorizer(n_features)", lambda: HashingVectorizer(n_features=2**33)
    yield "RBFSampler(n_components)", lambda: changed(RBFSampler().fit(X), n_components=big)
    yield (
        "AdditiveChi2Sampler(sample_steps)",
        lambda: changed(AdditiveChi2Sampler().fit(X), sample_steps=big),
    )
    yield (
        "SplineTransformer(n_knots)",
        lambda: changed(SplineTransformer(n_knots=2).fit(X), n_knots=big),
    )
    yield (
        "SplineTransformer(degree)",
        lambda: changed(SplineTransformer(n_knots=2).fit(X), degree=big),
    )
    yield (
        "n_features_out_",
        lambda: changed(SplineTransformer(n_knots=2).fit(X), n_features_out_=10**11),
    )
    yield "KBinsDiscretizer(n_bins)", lambda: changed(KBinsDiscretizer(2).fit(X), n_bins=big)
    yield "n_features_in_ of 10**11", lambda: fitted(n_features_in_=10**11)
    yield "n_features_in_ below 0", lambda: fitted(n_features_in_=-1)
    yield "a forest of 10**9 classes", lambda: fitted(RandomForestClassifier, n_classes_=10**9)
    yield "a dummy of 10**9 outputs", lambda: fitted(DummyClassifier, n_outputs_=10**9)


def cases() -> Iterator[Case]:
    kinds = {
        "values: estimators": _estimators, "values: parameters": _parameters,
        "values: callables": _callables, "values: what allocates": _allocating,
    }  # fmt: skip
    yield from as_cases(kinds)
    for protocol in (2, 3, 4):
        yield Case(
            f"a reader of files in protocol {protocol}", "values: parameters",
            lambda p=protocol: dumped(CountVectorizer(input="filename"), p), "values",
        )  # fmt: skip
