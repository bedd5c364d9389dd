"""Honest files that fuzzing starts from: small models as pickle and joblib write them."""

import io
import pickle
from functools import cache

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor


@cache
def seeds() -> tuple[bytes, ...]:
    """Each model in pickle's protocols 2 to 5 and as joblib writes it."""
    frame = pd.DataFrame({"a": [0.0, 1, 2, 3], "b": ["x", "y", "x", "y"]})
    labels = [0, 0, 1, 1]
    columns = ColumnTransformer([("s", StandardScaler(), ["a"]), ("o", OneHotEncoder(), ["b"])])
    models = [
        LogisticRegression().fit(frame[["a"]], labels),
        make_pipeline(columns, LogisticRegression()).fit(frame, labels),
        DecisionTreeRegressor(max_depth=2).fit(frame[["a"]], labels),
        RandomForestClassifier(2, random_state=np.random.RandomState(0)).fit(frame[["a"]], labels),
    ]
    files = [pickle.dumps(model, protocol) for model in models for protocol in (2, 3, 4, 5)]
    for model in models:
        target = io.BytesIO()
        joblib.dump(model, target)
        files.append(target.getvalue())
    return tuple(files)
