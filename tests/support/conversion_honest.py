"""Honest models of the kinds that an intake easily gets wrong, in the files people save."""

import pickle
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import scipy.special
import scipy.stats
from scipy.sparse import csr_matrix
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RandomizedSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from tests.support.conversion_estimators import Case, dump

NUMBERS = pd.DataFrame({"a": [0.0, 1, 2, 3] * 5, "b": [1.0, 0, 1, 0] * 5})
Y = [0, 0, 1, 1] * 5
TOWNS = pd.DataFrame({"town": ["Aachen", "Bonn", "Celle", "Bonn"] * 5, "age": [1.0, 2, 3, 4] * 5})
TEXTS = ["good and cheap", "bad and dear", "very good", "very bad"] * 5
DOUBLES = {"a": "double", "b": "double"}
TYPED = {"town": "string", "age": "double"}


def in_protocol_2(model: Any, file: Path, _: int) -> None:
    """As Python 2 read it: bytes are made by a call of _codecs.encode."""
    file.write_bytes(pickle.dumps(model, protocol=2))


def in_joblib_1_4(model: Any, file: Path, compress: int) -> None:
    """Older releases pickled arrays of objects in protocol 2, whatever they pickled the rest in."""

    def dump_array(array: Any, out: Any, protocol: int) -> None:
        out.write(pickle.dumps(array, 2))

    with patch("joblib.numpy_pickle.pickle.dump", dump_array):
        dump(model, file, compress)


def in_a_dict(model: Any, file: Path, compress: int) -> None:
    dump({"model": model, "accuracy": 0.9, "columns": ["a", "b"]}, file, compress)


def as_skops(model: Any, file: Path, _: int) -> None:
    import skops.io

    skops.io.dump(model, file)


def as_zipped_mlflow_folder(model: Any, file: Path, _: int) -> None:
    import mlflow.sklearn

    with TemporaryDirectory() as folder, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        home = Path(folder) / "model"
        mlflow.sklearn.save_model(
            model, str(home), serialization_format="pickle", pip_requirements=[]
        )
        for path in home.rglob("*"):
            out.write(path, path.relative_to(home.parent))


def honest() -> dict[str, Case]:
    """By the kind; see also conversion_estimators.cases()."""
    return {**_files(), **_columns(), **_values(), **_answers()}


def _case(model: Any, x: Any, columns: dict[str, str], save: Any = dump) -> Case:
    """Four rows and what the model itself says of them."""
    head = x[:4]
    if isinstance(head, pd.DataFrame):
        rows = [[c.item() if hasattr(c, "item") else c for c in row] for row in head.to_numpy()]
    else:
        rows = [[row] for row in head]
    predicted = model.predict(head)
    predicted = predicted.toarray() if hasattr(predicted, "toarray") else predicted
    return Case(model, rows, np.asarray(predicted).tolist(), columns, save=save)


def _files() -> dict[str, Case]:
    logistic = LogisticRegression().fit(NUMBERS, Y)
    forest = RandomForestClassifier(3, random_state=np.random.RandomState(0)).fit(NUMBERS, Y)
    scaled = make_pipeline(StandardScaler(), LogisticRegression()).fit(NUMBERS, Y)
    return {
        "protocol 2": _case(logistic, NUMBERS, DOUBLES, in_protocol_2),
        "protocol 2, of a forest with a random state": _case(
            forest, NUMBERS, DOUBLES, in_protocol_2
        ),
        "joblib 1.4": _case(logistic, NUMBERS, DOUBLES, in_joblib_1_4),
        "an estimator in a dict": _case(logistic, NUMBERS, DOUBLES, in_a_dict),
        "a skops file": _case(scaled, NUMBERS, DOUBLES, as_skops),
        "a zipped MLflow folder": _case(scaled, NUMBERS, DOUBLES, as_zipped_mlflow_folder),
    }


def _columns() -> dict[str, Case]:
    coded = ColumnTransformer([("town", OneHotEncoder(handle_unknown="ignore"), ["town"])])
    stack = StackingClassifier([("t", make_pipeline(coded, LogisticRegression()))], cv=2)
    texts = make_pipeline(TfidfVectorizer(), LinearSVC())
    noted = TOWNS.assign(note=["x", "y"] * 10)
    dropping = ColumnTransformer([("age", StandardScaler(), ["age"])], remainder="drop")
    chosen = ColumnTransformer(
        [
            ("n", SimpleImputer(), TOWNS.select_dtypes("number").columns),
            ("t", OneHotEncoder(), TOWNS.select_dtypes(exclude="number").columns),
        ]
    )
    categories = TOWNS.astype({"town": "category"})
    boosting = HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=2)
    return {
        "a stack over encoded texts": _case(
            stack.fit(TOWNS, Y), TOWNS, {"town": "string", "age": "any"}
        ),
        "calibrated texts": _case(
            CalibratedClassifierCV(texts, cv=2).fit(TEXTS, [1, 0, 1, 0] * 5),
            TEXTS,
            {"text": "string"},
        ),
        "dropped columns": _case(
            make_pipeline(dropping, LogisticRegression()).fit(noted, Y),
            noted,
            {"town": "any", "age": "double", "note": "any"},
        ),
        "columns chosen by pandas": _case(
            make_pipeline(chosen, LogisticRegression()).fit(TOWNS, Y), TOWNS, TYPED
        ),
        "boosting on categories": _case(
            boosting.fit(categories.assign(age=categories["age"] % 3), Y), categories, TYPED
        ),
    }


def _values() -> dict[str, Case]:
    search = RandomizedSearchCV(
        RandomForestClassifier(3, random_state=0),
        {"max_depth": scipy.stats.randint(2, 6)},
        n_iter=2,
        cv=2,
        random_state=0,
    )
    rounded = make_pipeline(FunctionTransformer(np.round), LogisticRegression())
    squashed = make_pipeline(FunctionTransformer(scipy.special.expit), LogisticRegression())
    return {
        "a search among distributions": _case(search.fit(NUMBERS, Y), NUMBERS, DOUBLES),
        "a function of numpy": _case(rounded.fit(NUMBERS, Y), NUMBERS, DOUBLES),
        "a function of scipy": _case(squashed.fit(NUMBERS, Y), NUMBERS, DOUBLES),
    }


def _answers() -> dict[str, Case]:
    labels = csr_matrix(np.c_[Y, np.array(Y) == 0].astype(int))
    several = OneVsRestClassifier(LogisticRegression()).fit(NUMBERS, labels)
    return {"sparse labels": _case(several, NUMBERS, DOUBLES)}
