"""Labels of every kind, kernels, neighbours, losses, states, weights, and a larger forest."""

from collections.abc import Callable
from typing import Any

import numpy as np
import samples
from recorder import Recorder
from scipy.sparse import csr_matrix
from sklearn import (
    cluster,
    covariance,
    discriminant_analysis,
    dummy,
    ensemble,
    gaussian_process,
    kernel_ridge,
    linear_model,
    mixture,
    naive_bayes,
    neighbors,
    neural_network,
    svm,
    tree,
)
from sklearn.gaussian_process import kernels
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Make = Callable[[], Any]


def record(recorder: Recorder, everywhere: bool) -> None:
    """All of them; those that are alike take turns between an array and a DataFrame."""
    array, table = samples.numbers(), samples.number_table()
    for group in (_labels, _kernels, _linear, _trees, _unlabelled):
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


def _kernels() -> dict[str, tuple[Make, Any]]:
    amounts, words = samples.amounts(), samples.words()
    gaussian = gaussian_process.GaussianProcessRegressor
    k = kernels
    composite = {
        "sum": k.ConstantKernel(1.0) * k.RBF(1.0) + k.WhiteKernel(0.1),
        "matern": k.Matern(length_scale=[1.0, 1.0, 2.0, 2.0], nu=1.5),
        "quadratic": k.RationalQuadratic() + k.DotProduct() ** 2,
        "periodic": k.ExpSineSquared() * k.RBF() + k.Sum(k.RBF(), k.WhiteKernel()),
        "pairwise": k.PairwiseKernel(metric="rbf"),
        "compound": k.ConstantKernel(2.0, constant_value_bounds="fixed") * k.RBF(),
    }
    found: dict[str, tuple[Make, Any]] = {
        f"process-{name}": (
            lambda kernel=kernel: gaussian(kernel, normalize_y=True, alpha=1e-3),
            amounts,
        )
        for name, kernel in composite.items()
    }
    found["process-classifier"] = (
        lambda: gaussian_process.GaussianProcessClassifier(1.0 * k.RBF(), multi_class="one_vs_one"),
        words,
    )
    for kernel in ("linear", "poly", "rbf", "sigmoid", "laplacian", "cosine"):
        found[f"ridge-{kernel}"] = (
            lambda kernel=kernel: kernel_ridge.KernelRidge(kernel=kernel),
            amounts,
        )
    for kernel in ("linear", "poly", "sigmoid"):
        found[f"svc-{kernel}"] = (
            lambda kernel=kernel: svm.SVC(kernel=kernel, class_weight={"setosa": 2.0}),
            words,
        )
    found["svc-one-against-one"] = (lambda: svm.SVC(decision_function_shape="ovo"), words)
    for algorithm in ("kd_tree", "ball_tree", "brute", "auto"):
        for metric in ("minkowski", "manhattan", "chebyshev"):
            found[f"neighbours-{algorithm}-{metric}"] = (
                lambda algorithm=algorithm, metric=metric: neighbors.KNeighborsClassifier(
                    3, algorithm=algorithm, metric=metric, weights="distance"
                ),
                words,
            )
    found["neighbours-haversine-like"] = (
        lambda: neighbors.KNeighborsRegressor(
            3, metric="seuclidean", metric_params={"V": np.ones(4)}, algorithm="ball_tree"
        ),
        amounts,
    )
    found["neighbours-minkowski-3"] = (lambda: neighbors.KNeighborsRegressor(3, p=3), amounts)
    found["centroid-manhattan"] = (lambda: neighbors.NearestCentroid(metric="manhattan"), words)
    found["components"] = (
        lambda: make_pipeline(
            neighbors.NeighborhoodComponentsAnalysis(2, random_state=0, max_iter=5),
            neighbors.KNeighborsClassifier(3),
        ),
        words,
    )
    return found


def _linear() -> dict[str, tuple[Make, Any]]:
    amounts, words, two = samples.amounts(), samples.words(), samples.two()
    linear, tall = linear_model, samples.several()
    found: dict[str, tuple[Make, Any]] = {
        f"sgd-{loss}": (lambda loss=loss: linear.SGDClassifier(loss=loss, random_state=0), words)
        for loss in ("hinge", "modified_huber", "squared_hinge", "perceptron", "squared_error",
                     "huber", "epsilon_insensitive")
    } | {
        f"sgd-regression-{loss}": (
            lambda loss=loss: linear.SGDRegressor(loss=loss, random_state=0, average=True),
            amounts,
        )
        for loss in ("squared_error", "huber", "epsilon_insensitive",
                     "squared_epsilon_insensitive")
    }  # fmt: skip
    return found | {
        "logistic-weights": (
            lambda: linear.LogisticRegression(class_weight={0: 1.0, 1: 3.0}, n_jobs=-1, verbose=1),
            two,
        ),
        "logistic-elastic": (
            lambda: linear.LogisticRegression(
                penalty="elasticnet", l1_ratio=0.5, solver="saga", max_iter=300, random_state=0
            ),
            two,
        ),
        "logistic-cv": (lambda: linear.LogisticRegressionCV(Cs=3, cv=2, scoring="accuracy"), words),
        "logistic-warm": (
            lambda: linear.LogisticRegression(
                warm_start=True, random_state=np.random.RandomState(0), solver="sag", max_iter=300
            ),
            two,
        ),
        "ridge-cv": (lambda: linear.RidgeCV(alphas=np.logspace(-2, 2, 4)), amounts),
        "ridge-positive": (lambda: linear.Ridge(positive=True), amounts),
        "lasso-cv": (lambda: linear.LassoCV(cv=2, max_iter=300, random_state=0), amounts),
        "elastic-several": (lambda: linear.ElasticNet(alpha=0.01), tall),
        "tweedie-log": (lambda: linear.TweedieRegressor(power=1.5, link="log"), amounts),
        "tweedie-identity": (lambda: linear.TweedieRegressor(power=0), amounts),
        "quantile": (lambda: linear.QuantileRegressor(quantile=0.8, solver="highs"), amounts),
        "ransac-loss": (
            lambda: linear.RANSACRegressor(
                linear.Ridge(), loss="squared_error", min_samples=10, random_state=0
            ),
            amounts,
        ),
        "discriminant-shrunk": (
            lambda: discriminant_analysis.LinearDiscriminantAnalysis(
                solver="lsqr", shrinkage="auto"
            ),
            words,
        ),
        "discriminant-covariance": (
            lambda: discriminant_analysis.LinearDiscriminantAnalysis(
                solver="eigen", covariance_estimator=covariance.LedoitWolf()
            ),
            words,
        ),
        "discriminant-priors": (
            lambda: discriminant_analysis.QuadraticDiscriminantAnalysis(
                priors=[0.5, 0.5], store_covariance=True
            ),
            two,
        ),
        "bayes-priors": (lambda: naive_bayes.GaussianNB(priors=[0.3, 0.7]), two),
        "dummy-frequent": (lambda: dummy.DummyClassifier(strategy="most_frequent"), words),
        "dummy-constant": (
            lambda: dummy.DummyClassifier(strategy="constant", constant="setosa"),
            words,
        ),
        "dummy-quantile": (
            lambda: dummy.DummyRegressor(strategy="quantile", quantile=0.3),
            amounts,
        ),
        "dummy-several": (lambda: dummy.DummyRegressor(), tall),
        "net-adam": (
            lambda: make_pipeline(
                StandardScaler(),
                neural_network.MLPClassifier((5, 3), max_iter=20, random_state=0, solver="adam"),
            ),
            words,
        ),
        "net-sgd": (
            lambda: neural_network.MLPRegressor(
                hidden_layer_sizes=(4,),
                solver="sgd",
                learning_rate="adaptive",
                max_iter=20,
                random_state=1,
            ),
            amounts,
        ),
        "net-early": (
            lambda: neural_network.MLPClassifier(
                (4,), early_stopping=True, activation="tanh", max_iter=20, random_state=1
            ),
            words,
        ),
        "net-lbfgs": (
            lambda: neural_network.MLPRegressor(
                hidden_layer_sizes=(4,),
                solver="lbfgs",
                activation="logistic",
                max_iter=50,
                random_state=2,
            ),
            tall,
        ),
    }


def _trees() -> dict[str, tuple[Make, Any]]:
    amounts, words = samples.amounts(), samples.words()
    forest, boost = ensemble.RandomForestClassifier, ensemble.GradientBoostingRegressor
    found: dict[str, tuple[Make, Any]] = {
        f"tree-{name}": (lambda name=name: tree.DecisionTreeRegressor(criterion=name), amounts)
        for name in ("squared_error", "friedman_mse", "absolute_error", "poisson")
    } | {
        f"boost-{loss}": (
            lambda loss=loss: boost(loss=loss, n_estimators=4, random_state=0),
            amounts,
        )
        for loss in ("squared_error", "absolute_error", "huber", "quantile")
    }
    return found | {
        "forest-state": (
            lambda: forest(n_estimators=4, random_state=np.random.RandomState(0)),
            words,
        ),
        "forest-oob": (
            lambda: forest(
                n_estimators=10, oob_score=True, n_jobs=-1, random_state=0, criterion="entropy"
            ),
            words,
        ),
        "forest-weights": (
            lambda: forest(
                n_estimators=4,
                class_weight="balanced_subsample",
                max_samples=0.8,
                ccp_alpha=0.01,
                random_state=0,
            ),
            words,
        ),
        "forest-large": (
            lambda: ensemble.ExtraTreesClassifier(n_estimators=400, random_state=0, verbose=1),
            words,
        ),
        "forest-regression": (
            lambda: ensemble.RandomForestRegressor(
                n_estimators=4, criterion="absolute_error", random_state=0
            ),
            amounts,
        ),
        "boost-two": (
            lambda: ensemble.GradientBoostingClassifier(
                n_estimators=4, random_state=0, subsample=0.8, validation_fraction=0.2
            ),
            samples.two(),
        ),
        "boost-exponential": (
            lambda: ensemble.GradientBoostingClassifier(
                loss="exponential", n_estimators=4, random_state=0, init="zero"
            ),
            samples.two(),
        ),
        "ada-loss": (
            lambda: ensemble.AdaBoostRegressor(n_estimators=3, loss="square", random_state=0),
            amounts,
        ),
        "tree-splitter": (
            lambda: tree.ExtraTreeClassifier(splitter="best", max_leaf_nodes=5, random_state=0),
            words,
        ),
        "tree-monotonic": (
            lambda: tree.DecisionTreeRegressor(monotonic_cst=[1, 0, 0, -1], max_depth=3),
            amounts,
        ),
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
