"""Kernels, neighbours, losses, solvers, criteria and states of the large families of models."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import samples
from recorder import Recorder
from sklearn import (
    covariance,
    discriminant_analysis,
    dummy,
    ensemble,
    gaussian_process,
    kernel_ridge,
    linear_model,
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
    for group in (_kernels, _linear, _trees):
        for at, (name, (make, y)) in enumerate(group().items()):
            data = table if at % 2 else array
            recorder.case(
                f"special-{name}",
                lambda make=make, y=y, data=data: make().fit(data, y),
                data[:4],
                everywhere=everywhere,
            )


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
        f"sgd-{loss}": (partial(linear.SGDClassifier, loss=loss, random_state=0), words)
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
        f"tree-{name}": (partial(tree.DecisionTreeRegressor, criterion=name), amounts)
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
