"""Labels of every kind, models without labels, and models that were fitted in unusual ways."""

from collections.abc import Callable
from typing import Any

import numpy as np
import samples
from recorder import Recorder
from scipy.sparse import csr_matrix
from sklearn import (
    cluster,
    covariance,
    ensemble,
    linear_model,
    mixture,
    neighbors,
    svm,
    tree,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Make = Callable[[], Any]


def record(recorder: Recorder, everywhere: bool) -> None:
    """All of them; those that are alike take turns between an array and a DataFrame."""
    array, table = samples.numbers(), samples.number_table()
    for group in (_labels, _unlabelled):
        for at, (name, (make, y)) in enumerate(group().items()):
            data = table if at % 2 else array
            recorder.case(
                f"special-{name}",
                lambda make=make, y=y, data=data: make().fit(data, y),
                data[:4],
                everywhere=everywhere,
            )
    _fitted_otherwise(recorder, everywhere)


def _labels() -> dict[str, tuple[Make, Any]]:
    """Classes that are text, bytes, numbers of any kind, and bools, in models of several kinds."""
    words, two = samples.words(), samples.two()
    kinds = {
        "text": words,
        "object": words.astype(object),
        "bytes": words.astype("S"),
        "bool": two > 0,
        "float": two * 2.0,
        "negative": two * 2 - 1,
        "int8": two.astype("int8"),
        "unsigned": samples.three().astype("uint16"),
        "big": two.astype("int64") * 5_000_000_000,
        "list": [str(word) for word in words],
        "unicode": np.where(two > 0, "größer", "日本"),
    }
    makers: list[Make] = [
        lambda: linear_model.LogisticRegression(max_iter=300),
        lambda: svm.SVC(probability=True, random_state=0),
        lambda: tree.DecisionTreeClassifier(max_depth=3, random_state=0),
    ]
    return {
        f"labels-{name}-{number}": (make, y)
        for name, y in kinds.items()
        for number, make in enumerate(makers)
    }


def _unlabelled() -> dict[str, tuple[Make, Any]]:
    """Clusters, mixtures and outliers."""
    found: dict[str, tuple[Make, Any]] = {
        f"mixture-{kind}": (
            lambda kind=kind: mixture.GaussianMixture(2, covariance_type=kind, random_state=0),
            None,
        )
        for kind in ("full", "tied", "diag", "spherical")
    }
    return found | {
        "mixture-bayes": (
            lambda: mixture.BayesianGaussianMixture(
                n_components=3, random_state=0, weight_concentration_prior=0.1
            ),
            None,
        ),
        "means-init": (
            lambda: cluster.KMeans(2, init=samples.numbers()[:2], n_init=1, algorithm="elkan"),
            None,
        ),
        "means-piped": (
            lambda: make_pipeline(StandardScaler(), cluster.MiniBatchKMeans(3, random_state=0)),
            None,
        ),
        "birch": (lambda: cluster.Birch(n_clusters=None, threshold=2.0), None),
        "birch-model": (
            lambda: cluster.Birch(n_clusters=cluster.AgglomerativeClustering(2)),
            None,
        ),
        "affinity": (lambda: cluster.AffinityPropagation(random_state=0), None),
        "shift": (lambda: cluster.MeanShift(bandwidth=3.0, bin_seeding=True), None),
        "isolation": (
            lambda: ensemble.IsolationForest(
                n_estimators=5, contamination=0.1, random_state=np.random.RandomState(1)
            ),
            None,
        ),
        "outlier-factor": (
            lambda: neighbors.LocalOutlierFactor(n_neighbors=5, novelty=True),
            None,
        ),
        "one-class": (lambda: svm.OneClassSVM(nu=0.2), None),
        "one-class-sgd": (lambda: linear_model.SGDOneClassSVM(random_state=0), None),
        "envelope": (lambda: covariance.EllipticEnvelope(random_state=0), None),
    }


def _fitted_otherwise(recorder: Recorder, everywhere: bool) -> None:
    """Fitted with weights, in parts, on sparse data, twice, or changed after."""
    array, two, table = samples.numbers(), samples.two(), samples.number_table()
    weights = np.linspace(0.5, 2.0, samples.ROWS)
    linear = linear_model

    def in_parts() -> Any:
        model = linear.SGDClassifier(random_state=0, loss="log_loss")
        for part in np.array_split(np.arange(samples.ROWS), 3):
            model.partial_fit(array[part], two[part], classes=[0, 1])
        return model

    def warmer() -> Any:
        model = ensemble.RandomForestClassifier(n_estimators=2, warm_start=True, random_state=0)
        model.fit(array, two)
        return model.set_params(n_estimators=4).fit(array, two)

    def sparse_coefficients() -> Any:
        model = linear.LogisticRegression(penalty="l1", solver="liblinear")
        return model.fit(array, two).sparsify()

    def routed() -> Any:
        import sklearn

        with sklearn.config_context(enable_metadata_routing=True):
            scale = StandardScaler().set_fit_request(sample_weight=True)
            model = linear.LogisticRegression().set_fit_request(sample_weight=True)
            model.set_score_request(sample_weight=False)
            return make_pipeline(scale, model).fit(array, two, sample_weight=weights)

    cases: dict[str, tuple[Make, Any]] = {
        "weighted-linear": (
            lambda: linear.LinearRegression().fit(array, samples.amounts(), weights),
            array,
        ),
        "weighted-step": (
            lambda: make_pipeline(StandardScaler(), linear.LogisticRegression()).fit(
                table, two, logisticregression__sample_weight=weights
            ),
            table,
        ),
        "in-parts": (in_parts, array),
        "warm-forest": (warmer, array),
        "sparse-coefficients": (sparse_coefficients, array),
        "routed": (routed, array),
        "sparse-svc": (lambda: svm.SVC().fit(csr_matrix(array), two), array),
        "sparse-tree": (
            lambda: tree.DecisionTreeClassifier(max_depth=2).fit(csr_matrix(array), two),
            array,
        ),
        "float32": (
            lambda: linear.Lasso(0.01).fit(array.astype("float32"), samples.amounts()),
            array,
        ),
        "fortran": (lambda: linear.Ridge().fit(np.asfortranarray(array), two), array),
        "series-target": (
            lambda: svm.SVR().fit(table, table["income"].rename("y") * 2),
            table,
        ),
        "table-target": (
            lambda: linear.LinearRegression().fit(table, table[["income", "debt"]]),
            table,
        ),
        "extra-attributes": (lambda: _noted(linear.Ridge().fit(table, two)), table),
    }
    for name, (make, data) in cases.items():
        recorder.case(f"fitted-{name}", make, data[:4], everywhere=everywhere)


def _noted(model: Any) -> Any:
    model.trained_on_ = "2024-01-01"
    model.columns_ = ["age", "income"]
    model.scores_ = {"r2": 0.5}
    return model
