"""Values that no model may hold are refused by their place; fitted models are not."""

import functools
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.cluster import FeatureAgglomeration, KMeans
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, StackingRegressor
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.feature_selection import RFE
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC, SVR, OneClassSVM
from sklearn.tree import DecisionTreeClassifier

from serving.model_file.judge import Unfit, judge

X = np.arange(40.0).reshape(20, 2)
Y = np.array([0, 1] * 10)


def judged(model: object, allowed: Callable[[str, str], bool] = lambda _m, _n: True) -> list[str]:
    notes: list[str] = []
    judge(model, allowed=allowed, cpus=2, notes=notes)
    return notes


def having(model: BaseEstimator, **attributes: Any) -> BaseEstimator:
    vars(model).update(attributes)
    return model


def forest_with_children(children: int) -> BaseEstimator:
    tree = DecisionTreeClassifier().fit(X, Y)
    state = tree.tree_.__getstate__()
    state["nodes"]["left_child"][0] = children
    tree.tree_.__setstate__(state)
    return tree


def nested(levels: int) -> BaseEstimator:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return having(LinearRegression(), coef_=value)


def neighbours_with(index: int) -> BaseEstimator:
    model = KNeighborsClassifier(algorithm="kd_tree").fit(X, Y)
    state = list(model._tree.__getstate__())
    state[1] = np.full(len(X), index)
    model._tree.__setstate__(tuple(state))
    return model


def random_state_at(position: int) -> np.random.RandomState:
    random = np.random.RandomState(0)
    state = random.get_state(legacy=False)
    state["state"]["pos"] = position
    random.set_state(state)
    return random


def stacking() -> BaseEstimator:
    return StackingRegressor([("a", LinearRegression())]).fit(X, Y)


HOSTILE = {
    "frame as estimator": lambda: having(
        stacking(), estimators_=[FrozenEstimator(pd.DataFrame({"a": [1]}))]
    ),
    "tree as estimator": lambda: having(
        stacking(), final_estimator_=DecisionTreeClassifier().fit(X, Y).tree_
    ),
    "cluster of columns without end": lambda: having(
        FeatureAgglomeration(1).fit(X), labels_=np.array([0, 2**31 - 1])
    ),
    "eval as method": lambda: having(stacking(), stack_method_=["eval"]),
    "frame as step": lambda: Pipeline([("a", pd.DataFrame({"a": [1]}))]),
    "reads files": lambda: ColumnTransformer([("a", CountVectorizer(input="filename"), 0)]),
    "reads open files": lambda: HashingVectorizer(input="file"),
    "too many workers": lambda: RandomForestClassifier(n_jobs=5000),
    "writes progress": lambda: RandomForestClassifier(verbose="x"),
    "bound method as metric": lambda: KNeighborsClassifier(metric=pd.DataFrame().eval),
    "bound builtin": lambda: FunctionTransformer([].append),
    "lambda": lambda: FunctionTransformer(lambda x: x),
    "partial of a lambda": lambda: FunctionTransformer(functools.partial(lambda x: x)),
    "class as function": lambda: FunctionTransformer(pd.DataFrame),
    "function as step": lambda: Pipeline([("a", np.round)]),
    "index over a frame": lambda: having(
        LinearRegression(), coef_=pd.Index([pd.DataFrame()], dtype=object)
    ),
    "class as estimator": lambda: Pipeline([("a", LinearRegression)]),
    "importance getter": lambda: RFE(LinearRegression(), importance_getter="__class__.__init__"),
    "format string": lambda: ColumnTransformer(
        [("a", StandardScaler(), [0])], verbose_feature_names_out="{feature_name.__class__}"
    ),
    "dunder attribute": lambda: having(LinearRegression(), __array_interface__={}),
    "shadowed method": lambda: having(LinearRegression(), predict=np.round),
    "child outside": lambda: forest_with_children(10**6),
    "child before its parent": lambda: forest_with_children(0),
    "search tree's point outside": lambda: neighbours_with(10**9),
    "support vectors that are not there": lambda: having(
        SVC().fit(X, Y), _n_support=np.array([10**6, 10**6], dtype=np.int32)
    ),
    "coefficients too short": lambda: having(SVC().fit(X, Y), _dual_coef_=np.ones((1, 1))),
    "no tree": lambda: having(DecisionTreeClassifier().fit(X, Y), tree_=None),
    "tree of another width": lambda: having(DecisionTreeClassifier().fit(X, Y), n_features_in_=1),
    "text as estimator": lambda: FrozenEstimator("x"),
    "function as fitted attribute": lambda: having(LinearRegression(), coef_=np.round),
    "random state outside": lambda: PCA(random_state=random_state_at(10**6)),
    "sparse blocks": lambda: having(LinearRegression(), coef_=sparse.bsr_matrix(np.eye(4))),
    "term outside the vocabulary": lambda: having(
        CountVectorizer().fit(["a b ab cd"]), vocabulary_={"ab": 10**8}
    ),
    "more trees than outputs": lambda: having(
        GradientBoostingClassifier(n_estimators=2).fit(X, Y), estimators_=np.full((2, 500), None)
    ),
    "columns without end": lambda: having(LinearRegression().fit(X, Y), n_features_in_=10**11),
    "threads": lambda: having(KMeans(2).fit(X), _n_threads=-1),
    "getattr as function": lambda: FunctionTransformer(getattr),
    "deep nest": lambda: nested(10_000),
    "array of objects": lambda: having(
        LinearRegression(), coef_=np.array([pd.DataFrame, 1], dtype=object)
    ),
    "output config": lambda: having(
        OneHotEncoder(), _sklearn_output_config={"transform": "eval"}
    ),
    "own constraints": lambda: LogisticRegression(C=-1),
    "no estimator": lambda: pd.DataFrame({"a": [1]}),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_value_is_refused(kind: str) -> None:
    with pytest.raises(Unfit) as refused:
        judged(HOSTILE[kind]())
    assert 0 < len(str(refused.value)) <= 500


def test_the_message_names_the_place() -> None:
    with pytest.raises(Unfit, match=r"steps\[0\]\[1\]\.input: 'filename': reads files"):
        judged(make_pipeline(CountVectorizer(input="filename")))


def test_a_cache_on_disk_is_refused() -> None:
    model = Pipeline([("a", LinearRegression())], memory="/tmp")
    with pytest.raises(Unfit, match="caches to disk"):
        judged(model)


def test_a_function_that_is_not_listed_is_refused() -> None:
    judged(FunctionTransformer(np.mean))
    with pytest.raises(Unfit, match=r"numpy\.mean"):
        judged(FunctionTransformer(np.mean), allowed=lambda _m, n: n != "mean")


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("transformer_", pd.DataFrame({"a": [1.0]})),
        ("steps", [("a", pd.DataFrame({"a": [1.0]}))]),
        ("binner_dict_", {"a": pd.Series([1.0])}),
        ("ordinal_encoder", pd.DataFrame),
        ("feature_encoder", np.add),
    ],
)
def test_no_table_stands_where_another_library_has_an_estimator(
    attribute: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its transform() would call methods of the table that the request's texts name."""
    wrapper = type("Wrapper", (BaseEstimator,), {"__module__": "feature_engine.wrappers"})
    module = ModuleType("feature_engine.wrappers")
    monkeypatch.setattr(module, "Wrapper", wrapper, raising=False)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert judged(having(wrapper(), **{attribute: StandardScaler().fit(X)})) == []
    assert judged(having(wrapper(), mapping=pd.DataFrame({"a": [1.0]}))) == []
    with pytest.raises(Unfit):
        judged(having(wrapper(), **{attribute: value}))


def test_workers_above_the_machine_are_reduced_and_told() -> None:
    model = RandomForestClassifier(n_jobs=16)
    assert judged(model) == ["n_jobs=16 reduced to 2"]
    assert model.n_jobs == 2


@pytest.mark.parametrize(
    "model",
    [
        stacking(),
        RandomForestClassifier(3).fit(X, Y),
        SVC(probability=True).fit(X, Y),
        SVR().fit(X, Y),
        GradientBoostingClassifier(n_estimators=2).fit(X, Y),
        KMeans(2).fit(X),
        OneClassSVM().fit(X),
        SVC().fit(sparse.csr_matrix(X), Y),
        KNeighborsClassifier(algorithm="ball_tree").fit(X, Y),
        PCA(random_state=random_state_at(5)).fit(X),
        make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y),
        FunctionTransformer(np.round),
        ColumnTransformer([("a", StandardScaler(), pd.Index(["a"]))]).fit(
            pd.DataFrame(X, columns=["a", "b"])
        ),
        LogisticRegression().fit(pd.DataFrame(X, columns=["a", "b"]), Y),
        having(  # as scikit-learn 1.2 keeps what stands for "passthrough"
            ColumnTransformer([("a", "passthrough", [0])]).fit(X),
            _name_to_fitted_passthrough={"a": FunctionTransformer().fit(X)},
        ),
    ],
)
def test_a_fitted_model_is_not_refused(model: object) -> None:
    judged(model)
