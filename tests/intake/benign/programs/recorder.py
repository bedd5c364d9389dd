"""Writes a fitted model in the form that its turn asks for, and beside it what it predicts."""

import gzip
import importlib
import json
import pickle
import signal
import warnings
import zlib
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import joblib
import numpy as np
import pandas as pd

CASE_SECONDS = 60
METHODS = ("predict_proba", "decision_function", "transform", "score_samples")
JOBLIB_FORMS: dict[str, Any] = {
    "joblib": {},
    "joblib-3": {"compress": 3},
    "joblib-zlib": {"compress": ("zlib", 5)},
    "joblib-gzip": {"compress": ("gzip", 3)},
    "joblib-bz2": {"compress": ("bz2", 3)},
    "joblib-lzma": {"compress": ("lzma", 3)},
    "joblib-xz": {"compress": ("xz", 3)},
    "joblib-p2": {"protocol": 2},
    "joblib-p5": {"protocol": 5},
}
PICKLE_FORMS = {f"pickle-{protocol}": protocol for protocol in (2, 3, 4, 5)}
FORMS = (*JOBLIB_FORMS, *PICKLE_FORMS, "joblib", "joblib-3", "pickle-gzip", "pickle-4")
"""In turn over the cases; those that most people use are there twice."""

Fit = Callable[[], Any]


class Unfit(Exception):
    """The case took too long, or is no model."""


class Recorder:
    """The cases of one environment, written into one folder."""

    def __init__(self, folder: Path, environment: str, place: int, places: int) -> None:
        """`place` of `places` environments: of the cases that are spread it writes every n-th."""
        self.folder = folder
        self.environment = environment
        self.place = place
        self.places = places
        self.written: list[str] = []
        self.skipped: dict[str, str] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def is_due(self, name: str, everywhere: bool) -> bool:
        """Whether this environment writes the case `name`."""
        turn = zlib.crc32(name.encode()) % self.places
        return everywhere or self.places == 1 or turn == self.place

    def case(
        self,
        name: str,
        fit: Fit,
        rows: Any,
        *,
        columns: list[dict[str, str]] | None = None,
        everywhere: bool = False,
        form: str | None = None,
        wrap: Callable[[Any], Any] | None = None,
        save: Callable[[Any, Path], str] | None = None,
        predict: Callable[[Any, Any], Any] | None = None,
    ) -> None:
        """Fits, predicts and writes, or tells why this environment cannot.

        `rows` is what predict() takes here; the JSON holds the same as row objects. `wrap` makes
        what is written of the estimator; `save` writes it in another way than FORMS and returns
        the file's ending; `predict` answers for what has no predict().
        """
        if not self.is_due(name, everywhere):
            return
        turn = zlib.crc32(f"{name} {self.environment}".encode()) % len(FORMS)
        form = form or FORMS[turn]
        alarm = signal.signal(signal.SIGALRM, _too_long)
        signal.alarm(CASE_SECONDS)
        target = self.folder / name
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                np.random.seed(0)  # for what takes no random_state
                model = fit()
                answers = (predict or _predict)(model, rows)
                if len(json_value(answers)) != len(json_rows(rows)):
                    raise Unfit("predict() does not answer row by row")
                methods = {} if predict else _method_answers(model, rows)
                content = wrap(model) if wrap else model
                if save:
                    form = save(content, target)
                else:
                    _dump(content, target, form)
        except Exception as cause:  # whatever this version cannot do is told, and the next follows
            self.skipped[name] = f"{type(cause).__name__}: {str(cause).splitlines()[:1]}"
            return
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, alarm)
        record = {
            "case": name,
            "environment": self.environment,
            "form": form,
            "rows": json_rows(rows),
            "columns": columns if columns is not None else columns_of(rows),
            "predictions": json_value(answers),
            "method_answers": methods,
            "sklearn": _version("sklearn"),
            "numpy": np.__version__,
            "pandas": pd.__version__,
            "joblib": joblib.__version__,
        }
        text = json.dumps(record, ensure_ascii=False, indent=1)
        target.with_name(f"{name}.json").write_text(text, encoding="utf-8")
        self.written.append(name)


def columns_of(rows: Any, unused: tuple[str, ...] = ()) -> list[dict[str, str]] | None:
    """The columns that a request names for a model fitted on data like `rows`; None: not clear."""
    if isinstance(rows, pd.DataFrame):
        labels = [f"x{name}" if isinstance(name, int) else str(name) for name in rows.columns]
        return [
            {"name": label, "type": "any" if name in unused else _type(rows[name])}
            for name, label in zip(rows.columns, labels, strict=True)
        ]
    if isinstance(rows, np.ndarray) and rows.ndim == 2:
        return [{"name": f"x{position}", "type": "double"} for position in range(rows.shape[1])]
    if isinstance(rows, list) and all(isinstance(row, str) for row in rows):
        return [{"name": "text", "type": "string"}]
    return None


def json_rows(rows: Any) -> list[dict[str, Any]]:
    """The rows as a request's row objects; an array's columns are x0, x1, ..., a text's is text."""
    if isinstance(rows, pd.DataFrame):
        names = [str(name) for name in rows.columns]
        lists = [list(rows.iloc[:, at]) for at in range(len(names))]
        return [dict(zip(names, json_value(row), strict=True)) for row in zip(*lists, strict=True)]
    if hasattr(rows, "toarray"):
        rows = rows.toarray()
    if isinstance(rows, np.ndarray):
        table = rows.reshape(len(rows), -1).tolist()
        return [{f"x{at}": value for at, value in enumerate(row)} for row in table]
    return [json_value(row) if isinstance(row, dict) else {"text": row} for row in rows]


def json_value(value: Any) -> Any:
    """`value` as JSON says it: lists for arrays, text for bytes and dates, null for nothing."""
    if hasattr(value, "toarray"):
        value = value.toarray()
    if isinstance(value, pd.DataFrame | pd.Series):
        value = value.to_numpy()
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    if isinstance(value, bytes):
        return value.decode()
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, date | datetime | pd.Timestamp):
        return value.isoformat()
    if isinstance(value, float) and value != value:
        return None
    return value


def _type(column: Any) -> str:
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = pd.Series(column.dtype.categories)
    if pd.api.types.is_bool_dtype(column.dtype):
        return "boolean"
    if pd.api.types.is_numeric_dtype(column.dtype):
        return "double"
    return "datetime" if pd.api.types.is_datetime64_any_dtype(column.dtype) else "string"


def _predict(model: Any, rows: Any) -> Any:
    return model.predict(rows)


def _method_answers(model: Any, rows: Any) -> dict[str, Any]:
    answers = {}
    for method in METHODS:
        try:
            answers[method] = json_value(_by_row(getattr(model, method)(rows)))
        except Exception:  # a method that the fitted model has not, or not for these rows
            continue
    return answers


def _by_row(answers: Any) -> Any:
    """One item a row, where a model of several outputs answers an array for each output."""
    if not isinstance(answers, list | tuple) or not hasattr(answers[0], "ndim"):
        return answers
    return [list(row) for row in zip(*answers, strict=True)]


def _dump(content: Any, target: Path, form: str) -> None:
    if form in JOBLIB_FORMS:
        joblib.dump(content, f"{target}.joblib", **JOBLIB_FORMS[form])
    elif form == "pickle-gzip":
        with gzip.open(f"{target}.pkl.gz", "wb") as file:
            pickle.dump(content, file)
    else:
        data = pickle.dumps(content, protocol=PICKLE_FORMS[form])
        target.with_name(f"{target.name}.pkl").write_bytes(data)


def _version(library: str) -> str:
    return str(importlib.import_module(library).__version__)


def _too_long(number: int, frame: "FrameType | None") -> None:
    raise Unfit(f"not done after {CASE_SECONDS} seconds")
