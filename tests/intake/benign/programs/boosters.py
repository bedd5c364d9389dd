"""XGBoost, LightGBM and CatBoost: alone, in pipelines and wrappers, and in their own files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import catboost
import lightgbm
import numpy as np
import samples
import xgboost
from metas import UNUSED, columns
from recorder import Recorder, columns_of
from sklearn import ensemble, model_selection, multioutput
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Make = Callable[[], Any]
SMALL = {"n_estimators": 4, "random_state": 0, "n_jobs": 1}
CAT = {"iterations": 4, "random_seed": 0, "verbose": False, "allow_writing_files": False}


def record(recorder: Recorder, everywhere: bool) -> None:
    """Each alone, in a pipeline, in wrappers, with special parameters, and native."""
    array, table, mixed = samples.numbers(), _table(), samples.mixed()
    two, three, words, amounts = (
        samples.two(),
        samples.three(),
        samples.words(),
        samples.amounts(),
    )
    classifiers = _classifiers()
    for name, make in classifiers.items():
        texts = words if name.startswith(("lgbm", "cat")) else three
        for form, data, y in (("array", array, two), ("frame", table, texts)):
            recorder.case(f"{name}-{form}", lambda make=make, data=data, y=y: make().fit(data, y),
                          data[:4], everywhere=everywhere)  # fmt: skip
        recorder.case(
            f"{name}-columns",
            lambda make=make: make_pipeline(columns(), make()).fit(mixed, two),
            mixed[:4],
            columns=columns_of(mixed, UNUSED),
            everywhere=everywhere,
        )
        for wrap, around in _around().items():
            recorder.case(
                f"{name}-{wrap}",
                lambda make=make, around=around: around(make()).fit(table, two),
                table[:4],
                everywhere=everywhere,
            )
    for name, make in _regressors().items():
        for form, data in (("array", array), ("frame", table)):
            recorder.case(f"{name}-{form}", lambda make=make, data=data: make().fit(data, amounts),
                          data[:4], everywhere=everywhere)  # fmt: skip
        recorder.case(
            f"{name}-log-target",
            lambda make=make: TransformedTargetRegressor(
                make_pipeline(columns(), make()), func=np.log1p, inverse_func=np.expm1
            ).fit(mixed, amounts),
            mixed[:4],
            columns=columns_of(mixed, UNUSED),
            everywhere=everywhere,
        )
    _special(recorder, everywhere)
    _native(recorder, everywhere)


def _table() -> Any:
    """Without blanks in names: LightGBM keeps others than it was given."""
    return samples.number_table().rename(columns={"years at address": "years"})


def _classifiers() -> dict[str, Make]:
    return {
        "xgb": lambda: xgboost.XGBClassifier(**SMALL),
        "xgb-forest": lambda: xgboost.XGBRFClassifier(**SMALL),
        "lgbm": lambda: lightgbm.LGBMClassifier(**SMALL, min_child_samples=3, verbose=-1),
        "cat": lambda: catboost.CatBoostClassifier(**CAT),
    }


def _regressors() -> dict[str, Make]:
    return {
        "xgb-regressor": lambda: xgboost.XGBRegressor(**SMALL),
        "xgb-forest-regressor": lambda: xgboost.XGBRFRegressor(**SMALL),
        "lgbm-regressor": lambda: lightgbm.LGBMRegressor(**SMALL, min_child_samples=3, verbose=-1),
        "cat-regressor": lambda: catboost.CatBoostRegressor(**CAT),
    }


def _around() -> dict[str, Callable[[Any], Any]]:
    return {
        "scaled": lambda model: make_pipeline(StandardScaler(), model),
        "calibrated": lambda model: CalibratedClassifierCV(model, cv=2),
        "grid": lambda model: model_selection.GridSearchCV(model, {"max_depth": [2, 3]}, cv=2),
        "stacking": lambda model: ensemble.StackingClassifier(
            [("boosted", model), ("linear", LogisticRegression())], cv=2
        ),
        "voting": lambda model: ensemble.VotingClassifier(
            [("boosted", model), ("linear", LogisticRegression())], voting="soft"
        ),
    }


def _special(recorder: Recorder, everywhere: bool) -> None:
    array, table, mixed = samples.numbers(), _table(), samples.mixed()
    two, three, amounts = samples.two(), samples.three(), samples.amounts()
    picked = mixed[["age", "income", "grade"]]
    quiet = {**SMALL, "verbose": -1, "min_child_samples": 3}
    texts = picked.assign(grade=picked["grade"].astype(str))
    cases: dict[str, tuple[Make, Any]] = {
        "xgb-early": (
            lambda: xgboost.XGBClassifier(**SMALL, early_stopping_rounds=2, eval_metric="logloss")
            .fit(array, two, eval_set=[(array, two)], verbose=False),
            array,
        ),
        "xgb-dart": (
            lambda: xgboost.XGBRegressor(**SMALL, booster="dart").fit(array, amounts),
            array,
        ),
        "xgb-linear": (
            lambda: xgboost.XGBRegressor(**SMALL, booster="gblinear").fit(array, amounts),
            array,
        ),
        "xgb-hist": (
            lambda: xgboost.XGBClassifier(**SMALL, tree_method="hist", max_bin=9).fit(table, three),
            table,
        ),
        "xgb-categories": (
            lambda: xgboost.XGBClassifier(**SMALL, enable_categorical=True).fit(picked, two),
            picked,
        ),
        "xgb-poisson": (
            lambda: xgboost.XGBRegressor(
                **SMALL, objective="count:poisson", monotone_constraints=(1, 0, 0, 0)
            ).fit(array, three),
            array,
        ),
        "xgb-several": (
            lambda: xgboost.XGBRegressor(**SMALL).fit(array, samples.several()),
            array,
        ),
        "xgb-labels": (
            lambda: xgboost.XGBClassifier(**SMALL).fit(array, samples.many_labels()),
            array,
        ),
        "xgb-multi-output": (
            lambda: multioutput.MultiOutputRegressor(xgboost.XGBRegressor(**SMALL)).fit(
                table, samples.several()
            ),
            table,
        ),
        "lgbm-early": (
            lambda: lightgbm.LGBMClassifier(**quiet).fit(
                array, two, eval_set=[(array, two)], callbacks=[lightgbm.early_stopping(2)]
            ),
            array,
        ),
        "lgbm-categories": (lambda: lightgbm.LGBMClassifier(**quiet).fit(picked, two), picked),
        "lgbm-goss": (
            lambda: lightgbm.LGBMRegressor(**quiet, data_sample_strategy="goss").fit(
                array, amounts
            ),
            array,
        ),
        "lgbm-quantile": (
            lambda: lightgbm.LGBMRegressor(**quiet, objective="quantile", alpha=0.9).fit(
                table, amounts
            ),
            table,
        ),
        "lgbm-dart": (
            lambda: lightgbm.LGBMClassifier(**quiet, boosting_type="dart").fit(
                table, samples.words()
            ),
            table,
        ),
        "cat-texts": (
            lambda: catboost.CatBoostClassifier(**CAT, cat_features=["grade"]).fit(texts, two),
            texts,
        ),
        "cat-categories": (
            lambda: catboost.CatBoostRegressor(**CAT).fit(picked, amounts, cat_features=["grade"]),
            picked,
        ),
        "cat-several": (
            lambda: catboost.CatBoostRegressor(**CAT, loss_function="MultiRMSE").fit(
                array, samples.several()
            ),
            array,
        ),
        "cat-depth": (
            lambda: catboost.CatBoostClassifier(
                **CAT, grow_policy="Lossguide", max_leaves=4, class_weights=[1, 2]
            ).fit(table, two),
            table,
        ),
    }  # fmt: skip
    if tuple(int(n) for n in xgboost.__version__.split(".")[:2]) < (3, 1):
        del cases["xgb-categories"]  # the file holds no categories: nobody else can predict with it
    for name, (make, data) in cases.items():
        recorder.case(f"boosted-{name}", make, data[:4], everywhere=everywhere)


def _native(recorder: Recorder, everywhere: bool) -> None:
    """The libraries' own files, and pickled boosters that are no scikit-learn estimators."""
    array, table = samples.numbers(), _table()
    targets = {
        "binary:logistic": samples.two(),
        "multi:softprob": samples.three(),
        "multi:softmax": samples.three(),
        "reg:squarederror": samples.amounts(),
    }
    for objective, y in targets.items():
        own = {"objective": objective, "seed": 0}
        if objective.startswith("multi"):
            own["num_class"] = 3
        for ending in ("json", "ubj", "pkl"):
            data = array if ending == "json" else table

            def train(own: Any = own, data: Any = data, y: Any = y) -> Any:
                return xgboost.train(own, xgboost.DMatrix(data, y), num_boost_round=4)

            def save(model: Any, target: Path, ending: str = ending) -> str:
                model.save_model(target.with_name(f"{target.name}.model.{ending}"))
                return f"xgboost-{ending}"

            recorder.case(
                f"native-xgboost-{objective.replace(':', '-')}-{ending}",
                train,
                data[:4],
                everywhere=everywhere,
                form="pickle-4",
                save=None if ending == "pkl" else save,
                predict=lambda model, rows: model.predict(xgboost.DMatrix(rows)),
            )

    def save_wrapper(model: Any, target: Path) -> str:
        model.save_model(target.with_name(f"{target.name}.model.json"))
        return "xgboost-json"

    recorder.case(  # the file knows no labels: the booster's own numbers are what is served
        "native-xgboost-classifier-json",
        lambda: xgboost.XGBClassifier(**SMALL).fit(table, samples.three()),
        table[:4],
        everywhere=everywhere,
        save=save_wrapper,
        predict=lambda model, rows: model.get_booster().predict(xgboost.DMatrix(rows)),
    )
    for objective, y in (
        ("binary", samples.two()),
        ("multiclass", samples.three()),
        ("regression", samples.amounts()),
    ):
        own = {"objective": objective, "verbose": -1, "min_data_in_leaf": 3, "seed": 0}
        if objective == "multiclass":
            own["num_class"] = 3
        for ending in ("txt", "pkl"):

            def train_light(own: Any = own, y: Any = y) -> Any:
                return lightgbm.train(own, lightgbm.Dataset(table, y), num_boost_round=4)

            def save_light(model: Any, target: Path) -> str:
                model.save_model(target.with_name(f"{target.name}.txt"))
                return "lightgbm-txt"

            recorder.case(
                f"native-lightgbm-{objective}-{ending}",
                train_light,
                table[:4],
                everywhere=everywhere,
                form="joblib",
                save=save_light if ending == "txt" else None,
                predict=lambda model, rows: model.predict(rows),
            )
