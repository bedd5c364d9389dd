"""Models whose arrays are shorter, and trees deeper, than compiled code expects of them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.cluster import Birch
from sklearn.covariance import EllipticEnvelope
from sklearn.decomposition import NMF, MiniBatchNMF
from sklearn.ensemble import IsolationForest
from sklearn.gaussian_process.kernels import RBF
from sklearn.neighbors import BallTree, KNeighborsClassifier
from sklearn.preprocessing import PolynomialFeatures, SplineTransformer
from sklearn.svm import SVC, SVR

from tests.intake.hostile.case import Case
from tests.intake.hostile.fitting import Make, Reduced, X, Y, as_cases, changed

FAR = 10**6


def _splines() -> Iterator[tuple[str, Make]]:
    """scipy reads `_t` and `_c` since 1.17, `t` and `c` before."""

    def model(**attributes: object) -> object:
        found: Any = SplineTransformer(n_knots=3).fit(X)
        for spline in found.bsplines_:
            vars(spline).update(attributes)
        return found

    knots = SplineTransformer(n_knots=3).fit(X).bsplines_[0]
    yield "knots beside fitting ones", lambda: model(t=knots.t, _t=np.linspace(0, 1, FAR))
    yield "coefficients beside fitting ones", lambda: model(c=knots.c, _c=np.zeros((1, 1)))


def _machines() -> Iterator[tuple[str, Make]]:
    """A sparse vector's first number would be the place of what is read in a row of kernels."""

    def sparse_one(kind: type[Any]) -> object:
        found: Any = kind(kernel="linear").fit(sparse.csr_matrix(np.abs(X) + 1), Y)
        found.support_vectors_.data[:] = FAR
        return changed(found, kernel="precomputed", shape_fit_=(6, 3))

    def of_kernel(**attributes: object) -> object:
        return changed(SVC(kernel=RBF()).fit(X, Y), **attributes)

    yield "a kernel of fewer points", lambda: of_kernel(_BaseLibSVM__Xfit=X[:2].copy())
    yield "a kernel of no points", lambda: of_kernel(_BaseLibSVM__Xfit=None)
    yield "a kernel of one column for each feature", lambda: of_kernel(kernel=np.maximum)
    for kind in (SVC, SVR):
        yield f"{kind.__name__} of sparse precomputed kernels", lambda k=kind: sparse_one(k)


def _centres() -> Iterator[tuple[str, Make]]:
    norms: dict[str, object] = {
        "one norm": np.zeros(1),
        "norms of two axes": np.zeros((6, 1)),
        "no norms": None,
    }
    for said, forged in norms.items():
        yield (
            f"Birch with {said}",
            lambda n=forged: changed(Birch(n_clusters=2).fit(X), _subcluster_norms=n),
        )


def _degrees() -> Iterator[tuple[str, Make]]:
    for degree, said in ((2, 1000), ((1, 2), 1000), (np.int64(65), 65)):
        model = PolynomialFeatures(2).fit(X)
        yield (
            f"a degree of {said} where it says {degree}",
            lambda m=model, d=degree, s=said: changed(m, degree=d, _max_degree=s),
        )


def _covariances() -> Iterator[tuple[str, Make]]:
    """scipy reads a row of the matrix for each column of a request."""
    points = np.random.default_rng(0).normal(size=(40, 3))
    for name in ("precision_", "covariance_"):
        for said, matrix in {
            "narrow": np.eye(3)[:, :1],
            "of one": np.eye(1),
            "flat": np.ones(9),
        }.items():
            yield (
                f"a {said} {name}",
                lambda n=name, m=matrix: changed(
                    EllipticEnvelope(store_precision=n == "precision_").fit(points), **{n: m.copy()}
                ),
            )


def _components() -> Iterator[tuple[str, Make]]:
    """As many numbers are made for each row of a request."""
    for kind in (NMF, MiniBatchNMF):
        yield (
            f"{kind.__name__} of more components than it has",
            lambda k=kind: changed(k(2, tol=1.0).fit(X), _n_components=2**31),
        )


def _metrics() -> Iterator[tuple[str, Make]]:
    def model(metric: str, columns: int, change: int, value: object, **settings: Any) -> object:
        found: Any = KNeighborsClassifier(2, algorithm="ball_tree").fit(X, Y)
        made, arguments, state = BallTree(X[:, :columns], metric=metric, **settings).__reduce__()
        inner, its_class, its_state = state[11].__reduce__()
        parts = list(its_state)
        parts[change] = value
        forged = Reduced(inner, its_class, tuple(parts))
        found._tree = Reduced(made, arguments, (*state[:11], forged, *state[12:]))
        return found

    yield "one weight for three columns", lambda: model("minkowski", 3, 1, np.ones(1), p=3)
    yield "a matrix of one column", lambda: model("mahalanobis", 3, 2, np.eye(1), V=np.eye(3))

    def globe() -> object:
        found: Any = KNeighborsClassifier(2, algorithm="ball_tree").fit(X[:, :1], Y)
        made, arguments, state = found._tree.__reduce__()
        metric = BallTree(X[:, :2], metric="haversine").__reduce__()[2][11]
        found._tree = Reduced(made, arguments, (*state[:11], metric, *state[12:]))
        return found

    yield "places on a globe with one column", globe

    def brute(metric: str, name: str, value: object) -> object:
        settings = {"V": np.eye(3)} if metric == "mahalanobis" else {name: np.ones(3)}
        found: Any = KNeighborsClassifier(
            2, algorithm="brute", metric=metric, metric_params=settings
        ).fit(X, Y)
        found.effective_metric_params_[name] = value
        return found

    for metric, name, value in (
        ("mahalanobis", "VI", np.eye(1)),
        ("mahalanobis", "VI", np.ones((3, 1))),
        ("mahalanobis", "VI", np.array(1.0)),
        ("seuclidean", "V", np.ones(1)),
        ("minkowski", "w", np.ones(1)),
    ):
        yield (
            f"{metric} with {name} of {np.shape(value)}",
            lambda m=metric, n=name, v=value: brute(m, n, v),
        )


def _depths() -> Iterator[tuple[str, Make]]:
    def model(depth: int) -> object:
        found: Any = IsolationForest(n_estimators=2, random_state=0).fit(X)
        for member in found.estimators_:
            made, arguments, state = member.tree_.__reduce__()
            member.tree_ = Reduced(made, arguments, {**state, "max_depth": depth})
        return found

    for depth in (-FAR, 0, 1):
        yield f"trees that are said to be {depth} deep", lambda d=depth: model(d)


def cases() -> Iterator[Case]:
    yield from as_cases(
        {
            "shapes: splines": _splines,
            "shapes: machines": _machines,
            "shapes: centres": _centres,
            "shapes: degrees": _degrees,
            "shapes: covariances": _covariances,
            "shapes: components": _components,
            "shapes: metrics": _metrics,
            "shapes: depths": _depths,
        }
    )
