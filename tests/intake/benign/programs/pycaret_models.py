"""What PyCaret's save_model writes: its own pipeline around a model, on mixed columns."""

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import samples
from recorder import Recorder, columns_of

CLASSIFIERS = ("lr", "rf", "et", "dt", "knn", "nb", "ridge", "lda", "svm", "gbc", "lightgbm")
REGRESSORS = ("lr", "ridge", "rf", "dt", "knn", "gbr", "br", "lightgbm")
OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "normalized": {"normalize": True, "normalize_method": "minmax"},
    "transformed": {"transformation": True},
    "components": {"normalize": True, "pca": True, "pca_components": 2},
    "powers": {"polynomial_features": True},
    "outliers": {"remove_outliers": True},
    "collinear": {"remove_multicollinearity": True},
    "low-variance": {"low_variance_threshold": 0.1},
    "selected": {"feature_selection": True, "n_features_to_select": 3},
    "binned": {"bin_numeric_features": ["income"]},
    "ordinal": {"ordinal_features": {"grade": ["low", "mid", "high"]}},
    "imputed": {"numeric_imputation": "median", "categorical_imputation": "mode"},
    "ignored": {"ignore_features": ["rooms"]},
    "unprocessed-text": {"max_encoding_ohe": 2},
}
_EXPERIMENTS: dict[Any, Any] = {}


def table() -> pd.DataFrame:
    """Numbers, text, a category and a bool."""
    found = samples.mixed()[["age", "income", "rooms", "town", "grade", "owner"]]
    return found.assign(grade=found["grade"].astype(str))


def record(recorder: Recorder, everywhere: bool) -> None:
    """Models with the defaults, then options with a linear model."""
    from pycaret.classification import ClassificationExperiment
    from pycaret.regression import RegressionExperiment

    kinds = (
        ("classification", ClassificationExperiment, CLASSIFIERS, samples.two()),
        ("regression", RegressionExperiment, REGRESSORS, samples.amounts()),
    )
    for what, kind, models, y in kinds:
        for option, own in OPTIONS.items():
            for model in models if option == "plain" else ("lr",):
                _case(recorder, f"pycaret-{what}-{option}-{model}", kind, model, own, y)
    imbalanced = {"fix_imbalance": True}
    _case(recorder, "pycaret-classification-imbalance-lr", kinds[0][1], "lr", imbalanced,
          (samples.numbers()[:, 0] > 0.7).astype(int))  # fmt: skip
    words = samples.words()
    _case(recorder, "pycaret-classification-text-target-dt", kinds[0][1], "dt", {}, words)


def _experiment(kind: Any, y: Any, own: dict[str, Any]) -> Any:
    """A set-up experiment; the last one again where nothing changed, since each takes seconds."""
    asked = (kind, id(y), repr(own))
    if asked not in _EXPERIMENTS:
        experiment = kind()
        experiment.setup(
            table().assign(target=y),
            target="target",
            session_id=1,
            n_jobs=1,
            fold=2,
            verbose=False,
            html=False,
            **own,
        )
        _EXPERIMENTS.clear()
        _EXPERIMENTS[asked] = experiment
    return _EXPERIMENTS[asked]


def _case(
    recorder: Recorder, name: str, kind: Any, model: str, own: dict[str, Any], y: Any
) -> None:
    data = table()

    def fit() -> Any:
        experiment = _experiment(kind, y, own)
        small = {"n_estimators": 5} if model in ("rf", "et", "gbc", "gbr", "lightgbm") else {}
        made = experiment.create_model(model, cross_validation=False, verbose=False, **small)
        final = experiment.finalize_model(made)
        with tempfile.TemporaryDirectory() as folder:
            _, path = experiment.save_model(final, f"{folder}/model", verbose=False)
            content[name] = Path(path).read_bytes()
            loaded = experiment.load_model(f"{folder}/model", verbose=False)
        return loaded

    content: dict[str, bytes] = {}

    def save(model: Any, target: Path) -> str:
        target.with_name(f"{target.name}.pkl").write_bytes(content[name])
        return "pycaret"

    recorder.case(name, fit, data[:4], columns=columns_of(data), everywhere=True, save=save)
