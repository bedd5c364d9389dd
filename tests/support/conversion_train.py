"""Runs in a conversion's environment, not under pytest: trains models with the versions there.

argv: a name in TRAININGS, and the folder for the files.
Stdout: {file: [columns, rows, method, its answers]}.
"""

import json
import pickle
import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

NUMBERS = pd.DataFrame({"a": [0.0, 1, 2, 3] * 5, "b": [1.0, 0, 1, 0] * 5})
TOWNS = pd.DataFrame({"town": ["Aachen", "Bonn", "Celle", "Bonn"] * 5, "age": [1.0, 2, 3, 4] * 5})
Y = np.array([0, 0, 1, 1] * 5)


def older(folder):
    from sklearn.ensemble import RandomForestClassifier

    logistic = LogisticRegression().fit(NUMBERS, Y)
    joblib.dump(logistic, folder / "joblib")
    yield "joblib", logistic, NUMBERS
    (folder / "protocol 2").write_bytes(pickle.dumps(logistic, protocol=2))
    yield "protocol 2", logistic, NUMBERS
    forest = RandomForestClassifier(3, random_state=np.random.RandomState(0)).fit(NUMBERS, Y)
    joblib.dump(forest, folder / "random state")
    yield "random state", forest, NUMBERS
    of_bytes = LogisticRegression().fit(NUMBERS, np.array([b"no", b"yes"])[Y])
    joblib.dump(of_bytes, folder / "labels of bytes")
    yield "labels of bytes", of_bytes, NUMBERS


def others(folder):
    from category_encoders import TargetEncoder
    from sklearn.pipeline import make_pipeline
    from xgboost import XGBClassifier

    model = make_pipeline(TargetEncoder(cols=["town"]), XGBClassifier(n_estimators=3, max_depth=2))
    joblib.dump(model.fit(TOWNS, pd.Series(Y)), folder / "encoded boosting")
    yield "encoded boosting", model, TOWNS
    boosting = XGBClassifier(n_estimators=3, max_depth=2).fit(NUMBERS, Y)
    (folder / "boosting").write_bytes(pickle.dumps(boosting))
    yield "boosting", boosting, NUMBERS


def lightgbm(folder):
    from lightgbm import LGBMClassifier
    from sklearn.calibration import CalibratedClassifierCV

    single = LGBMClassifier(n_estimators=5, min_child_samples=2, n_jobs=1, verbose=-1)
    noisy = Y ^ (np.arange(len(Y)) % 7 == 0)
    model = CalibratedClassifierCV(single, cv=2).fit(NUMBERS, noisy)
    joblib.dump(model, folder / "calibrated")
    yield "calibrated", model, NUMBERS


TRAININGS = {"older": older, "others": others, "lightgbm 4.3": lightgbm, "lightgbm 4.7": lightgbm}


def main(which, folder):
    warnings.simplefilter("ignore")
    found = {}
    for name, model, x in TRAININGS[which](Path(folder)):
        head = x.head(4)
        method = "predict_proba" if name == "calibrated" else "predict"
        answers = getattr(model, method)(head).tolist()
        answers = [v.decode() if isinstance(v, bytes) else v for v in answers]
        found[name] = [list(head.columns), head.to_numpy().tolist(), method, answers]
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
