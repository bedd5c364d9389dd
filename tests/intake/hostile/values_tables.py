"""Models whose tables point outside: sparse matrices, vocabularies, splines, codes of columns."""

import copyreg
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    RandomForestClassifier,
)
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, SplineTransformer
from sklearn.svm import SVC

from tests.intake.hostile.case import Case
from tests.intake.hostile.fitting import Make, Reduced, X, Y, as_cases, changed

FAR = 10**8
_NEW_INDEX: Any = pd.Index([1]).__reduce__()[0]


def _sparse(kind: str) -> Any:
    """A sparse matrix of one row whose column is far outside."""
    found = getattr(sparse, kind)(np.array([[1.0, 0, 2]]))
    for name in ("indices", "col", "offsets"):
        if name in vars(found):
            setattr(found, name, np.full_like(getattr(found, name), FAR))
    if "coords" in vars(found):
        found.coords = tuple(np.full_like(c, FAR) for c in found.coords)
    return found


def _tables() -> Iterator[tuple[str, Make]]:
    for kind in ("csr", "csc", "coo", "bsr", "dia"):
        for form in ("matrix", "array"):
            yield (
                f"coef_ in a {kind}_{form}",
                lambda k=f"{kind}_{form}": changed(
                    LogisticRegression().fit(X, Y), coef_=_sparse(k)
                ),
            )
    for said, change in {
        "negative pointers": {"indptr": np.array([-5, 2], "i4")},
        "pointers outside": {"indptr": np.array([0, FAR], "i4")},
        "fewer pointers": {"indptr": np.array([0], "i4")},
        "fewer values": {"data": np.array([1.0])},
        "another shape": {"_shape": (FAR, 3)},
        "pointers of floats": {"indptr": np.array([0.0, 2.0])},
    }.items():
        yield (
            f"a sparse matrix with {said}",
            lambda c=change: changed(
                LogisticRegression().fit(X, Y),
                coef_=changed(sparse.csr_matrix(np.array([[1.0, 0, 2]])), **c),
            ),
        )
    for said, change in {
        "_n_support outside": {"_n_support": np.array([FAR, FAR], "i4")},
        "_n_support below 0": {"_n_support": np.array([-1, -1], "i4")},
        "fewer coefficients": {"_dual_coef_": np.zeros((1, 1)), "dual_coef_": np.zeros((1, 1))},
        "fewer vectors": {"support_vectors_": np.zeros((1, 3))},
        "narrow vectors": {"support_vectors_": np.zeros((4, 1))},
        "fewer intercepts": {"_intercept_": np.zeros(0)},
        "fewer indices": {"support_": np.zeros(1, "i4")},
        "more classes": {"_n_support": np.full(9, 1, "i4")},
        "fewer probabilities": {"_probA": np.zeros(1), "_probB": np.zeros(0)},
    }.items():
        yield (
            f"a support vector machine with {said}",
            lambda c=change: changed(SVC(kernel="rbf").fit(X, Y), **c),
        )
    yield (
        "centres of fewer columns",
        lambda: changed(KMeans(2, n_init=1).fit(X), cluster_centers_=np.zeros((2, 1))),
    )
    yield (
        "no centres",
        lambda: changed(KMeans(2, n_init=1).fit(X), cluster_centers_=np.zeros((0, 3))),
    )
    yield (
        "masked coefficients",
        lambda: changed(LogisticRegression().fit(X, Y), coef_=np.ma.MaskedArray(X[:1], mask=True)),
    )
    yield "10**6 threads", lambda: changed(KMeans(2, n_init=1).fit(X), _n_threads=10**6)
    yield "threads below 0", lambda: changed(KMeans(2, n_init=1).fit(X), _n_threads=-1)


def _vocabularies() -> Iterator[tuple[str, Make]]:
    texts = ["a b", "b c", "c d", "d a"]
    for kind in (CountVectorizer, TfidfVectorizer):
        for at in (FAR, -1, "x"):

            def vectors(k: Any = kind, far: object = at) -> object:
                model = make_pipeline(k(token_pattern=r"\w"), LogisticRegression())
                model.fit(texts, [0, 0, 1, 1])
                model[0].vocabulary_["a"] = far
                return model

            yield f"{kind.__name__}.vocabulary_ at {at!r}", vectors

    def dictionary() -> object:
        model = DictVectorizer().fit([{"a": 1, "b": 2}])
        model.vocabulary_["a"] = FAR
        return model

    yield "DictVectorizer.vocabulary_ outside", dictionary

    def rare(far: int) -> object:
        column = np.array([["a"]] * 5 + [["b"]] * 5 + [["c"]])
        model = OneHotEncoder(max_categories=2, sparse_output=False).fit(column)
        model._default_to_infrequent_mappings = [np.full(3, far)]
        return model

    yield "OneHotEncoder's rare categories outside", lambda: rare(FAR)
    yield "OneHotEncoder's rare categories below 0", lambda: rare(-FAR)

    def spline(**attributes: object) -> object:
        model = SplineTransformer(n_knots=3).fit(X)
        changed(model.bsplines_[0], **attributes)
        return model

    yield "a spline with fewer knots", lambda: spline(t=np.zeros(2))
    yield "a spline of degree 10**6", lambda: spline(k=10**6)
    yield "a spline of a negative degree", lambda: spline(k=-3)
    yield "a spline with fewer coefficients", lambda: spline(c=np.zeros((1, 1)))


def _fitted_with(**state: object) -> tuple[object, ...]:
    """A fitted model's reduction with more in its state."""
    model = LogisticRegression().fit(X, Y)
    return copyreg._reconstructor, (LogisticRegression, object, None), {**vars(model), **state}  # type: ignore[attr-defined]


def _columns() -> Iterator[tuple[str, Make]]:
    def chosen(labels: object) -> object:
        frame = pd.DataFrame(X, columns=["a", "b", "c"])
        model = ColumnTransformer([("a", "passthrough", ["a"])]).fit(frame)
        model.transformers_ = [("a", "passthrough", labels)]
        return model

    def categories() -> object:
        index: Any = pd.CategoricalIndex(["a", "b"])
        index._data._ndarray[:] = 100
        return chosen(index)

    def levels() -> object:
        index: Any = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])
        index._codes[0].flags.writeable = True
        index._codes[0][:] = 100
        return chosen(index)

    def lying() -> Reduced:
        """A MultiIndex whose codes are outside of its levels."""
        parts = {"levels": [pd.Index(["a"])], "codes": [np.full(4, 100)]}
        return Reduced(_NEW_INDEX, (pd.MultiIndex, {**parts, "sortorder": None, "names": ["x"]}))

    def moments(values: np.ndarray[Any, Any]) -> Reduced:
        """A DatetimeIndex over these values, whatever they are."""
        made: Any = pd.array(["2026-01-31"], dtype="datetime64[ns]")
        array = Reduced(*made.__reduce__()[:2], (values, np.dtype("M8[ns]"), {}))
        return Reduced(_NEW_INDEX, (pd.Index, {"data": array, "name": None}))

    yield "moments that are numbers", lambda: chosen(moments(np.array([1.5, 2.5])))
    yield "moments that are records", lambda: chosen(moments(np.zeros(2, "i8,i8")))
    yield "moments of another unit", lambda: chosen(moments(np.array([1], "M8[Y]")))
    yield (
        "level codes outside, compared while loading",
        lambda: Reduced(*_fitted_with(_sklearn_version=lying())),
    )
    yield "category codes outside", categories
    yield "level codes outside", levels
    yield "an index of functions", lambda: chosen(pd.Index([print, np.load], dtype=object))
    yield (
        "an index of frames",
        lambda: chosen(pd.Index([pd.DataFrame, LogisticRegression], dtype=object)),
    )
    yield "a frame as columns", lambda: chosen(pd.DataFrame({"a": [1]}))
    yield (
        "a categorical as classes",
        lambda: changed(LogisticRegression().fit(X, Y), classes_=pd.Categorical(["a", "b"])),
    )


def _random_states() -> Iterator[tuple[str, Make]]:
    for said, change in {"pos": 10**6, "negative pos": -1, "key": np.zeros(3, "u4"),
                         "text": "x"}.items():  # fmt: skip

        def state(what: str = said, value: object = change) -> object:
            made, arguments, found = np.random.RandomState(0).__reduce__()
            inner = dict(found["state"])
            inner["key" if what == "key" else "pos"] = value
            forged = Reduced(made, arguments, {**found, "state": inner})
            return RandomForestClassifier(random_state=forged)

        yield f"a random state with {said}", state


def cases() -> Iterator[Case]:
    kinds = {
        "indices: tables": _tables,
        "indices: vocabularies": _vocabularies,
        "indices: columns": _columns,
        "indices: random states": _random_states,
    }
    yield from as_cases(kinds)
