"""Fitted estimators as people upload them, each with rows to predict and what it predicts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_iris
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingRegressor,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.impute import SimpleImputer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.multioutput import MultiOutputRegressor
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    SplineTransformer,
    StandardScaler,
)
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier


def dump(model: Any, file: Path, compress: int) -> None:
    joblib.dump(model, file, compress=compress)


@dataclass
class Case:
    model: Any
    rows: list[list[Any]]
    expected: list[Any]
    columns: dict[str, str]
    """As the conversion should find them: {name: type}."""
    metadata: dict[str, Any] = field(default_factory=dict)
    save: Callable[[Any, Path, int], None] = dump
    """How the model becomes a file; the number says how much it is compressed, if it can be."""


def _on(model: Any, x: Any, columns: dict[str, str] | None = None, **metadata: Any) -> Case:
    """Five rows of `x`, and what the fitted model itself says of them."""
    head = x[:5] if isinstance(x, np.ndarray | list) else x.iloc[::25].head(5)
    expected = np.asarray(model.predict(head)).tolist()
    if isinstance(head, pd.DataFrame):
        rows = [[c.item() if hasattr(c, "item") else c for c in row] for row in head.to_numpy()]
    else:
        rows = [row if isinstance(row, list) else np.atleast_1d(row).tolist() for row in head]
    names = list(x.columns) if isinstance(x, pd.DataFrame) else None
    if columns is None:
        names = names or [f"x{n}" for n in range(len(rows[0]))]
        columns = dict.fromkeys(names, "double")
    return Case(model, rows, expected, columns, metadata)


def cases() -> dict[str, Case]:
    iris = load_iris(as_frame=True)
    x, y = iris.data, iris.target
    labels = np.array(iris.target_names)[y]
    xd, yd = load_diabetes(return_X_y=True)
    people = pd.DataFrame(
        {
            "age": [20.0, 30.0, None, 50.0] * 30,
            "city": ["Aachen", "Bonn", "Celle", "Aachen"] * 30,
            "member": [True, False, False] * 40,
        }
    )
    bought = [0, 1, 1, 0] * 30
    mixed = ColumnTransformer(
        [
            ("age", make_pipeline(SimpleImputer(), StandardScaler()), ["age"]),
            ("city", OneHotEncoder(), ["city"]),
            ("member", OrdinalEncoder(), ["member"]),
        ]
    )
    texts = ["good and cheap", "bad and dear", "very good", "very bad"] * 5
    typed = {"age": "double", "city": "string", "member": "boolean"}
    names = [f"measurement {n}" for n in range(10)]
    return {
        "random forest": _on(RandomForestClassifier(30, random_state=0, n_jobs=-1).fit(x, y), x),
        "logistic, text labels": _on(LogisticRegression(max_iter=500).fit(x, labels), x),
        "gradient boosting": _on(GradientBoostingClassifier(n_estimators=5).fit(x, y), x),
        "histogram boosting": _on(HistGradientBoostingClassifier(max_iter=5).fit(x, y), x),
        "neighbours": _on(KNeighborsClassifier(algorithm="kd_tree").fit(x, y), x),
        "svc, no names": _on(SVC().fit(x.to_numpy(), y), x.to_numpy()),
        "mixed pipeline": _on(
            make_pipeline(mixed, LogisticRegression()).fit(people, bought), people.dropna(), typed
        ),
        "names from metadata": _on(
            Ridge().fit(xd, yd), xd, dict.fromkeys(names, "double"), feature_names=names
        ),
        "two outputs": _on(MultiOutputRegressor(Ridge()).fit(xd, np.c_[yd, 2 * yd]), xd),
        "two labels": _on(RandomForestClassifier(5).fit(x, np.c_[labels, labels == "setosa"]), x),
        "search": _on(
            GridSearchCV(
                make_pipeline(StandardScaler(), SelectKBest(f_classif, k=2), SVC()),
                {"svc__C": [1, 10]},
                scoring="f1_macro",
            ).fit(x, y),
            x,
        ),
        "clusters": _on(KMeans(3, random_state=0, n_init=1).fit(x), x),
        "texts": _on(
            make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, [1, 0, 1, 0] * 5),
            texts,
            {"text": "string"},
        ),
    }


def more_estimators() -> dict[str, tuple[Any, Any]]:
    """Fitted, with their training data; their hold something else again: splines, kernels..."""
    x, y = load_iris(return_X_y=True)
    xd, yd = load_diabetes(return_X_y=True)
    return {
        "calibrated": (CalibratedClassifierCV(SVC(), method="isotonic", cv=3).fit(x, y), x),
        "forest regressor": (RandomForestRegressor(20, random_state=0).fit(xd, yd), xd),
        "log target": (
            TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1).fit(xd, yd),
            xd,
        ),
        "log features": (make_pipeline(FunctionTransformer(np.log1p), Ridge()).fit(x, y), x),
        "splines": (make_pipeline(SplineTransformer(), LinearRegression()).fit(xd, yd), xd),
        "gaussian process": (
            GaussianProcessRegressor(RBF() + WhiteKernel(), optimizer=None).fit(xd, yd),
            xd,
        ),
        "perceptron": (
            MLPClassifier((4,), solver="lbfgs", max_iter=5000, random_state=0).fit(x, y),
            x,
        ),
        "gradient descent": (SGDClassifier(random_state=0).fit(x, y), x),
        "isotonic": (IsotonicRegression().fit(xd[:, 2], yd), xd[:, 2]),
        "stacking": (StackingClassifier([("t", DecisionTreeClassifier())]).fit(x, y), x),
        "ball tree": (KNeighborsRegressor(algorithm="ball_tree").fit(xd, yd), xd),
        "random state": (
            RandomForestClassifier(5, random_state=np.random.RandomState(0)).fit(x, y),
            x,
        ),
        "bagging": (BaggingRegressor(Ridge(), n_estimators=2).fit(xd, yd), xd),
        "anomalies": (IsolationForest(n_estimators=5).fit(x), x),
        "boosting": (AdaBoostClassifier(n_estimators=3).fit(x, y), x),
        "discriminant": (LinearDiscriminantAnalysis().fit(x, y), x),
        "components": (make_pipeline(PCA(2), KMeans(2, n_init=1)).fit(x), x),
    }
