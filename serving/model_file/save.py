"""Writes a model as a canonical file: pickled, and the pickle rewritten as it comes."""

import copyreg
import os
import pickle
import sys
import threading
from typing import IO, Any

from serving.model_file.findings import Findings, Refused
from serving.model_file.inert import Inert
from serving.model_file.rewrite import rewritten
from serving.model_file.source import CHUNK

KEPT_MODEL = "_kept_model"
"""Attribute of an estimator of CatBoost's: the bytes that its model was loaded from."""


def save_model(model: Any, file: IO[bytes]) -> None:
    """Write `model` to `file`, searches as their best estimators and without what is inert.

    Refused when it holds what no canonical file may hold, or whatever pickling it raises.
    """
    reading, writing = os.pipe()
    failures: list[BaseException] = []
    pickling = threading.Thread(target=_pickle, args=(model, writing, failures))
    pickling.start()
    try:
        with os.fdopen(reading, "rb", CHUNK) as pickled:
            for piece in rewritten(pickled, Findings(), uploads=False):
                file.write(piece)
        file.flush()
    finally:
        pickling.join()
        if failures:
            raise failures[0]


def served_by(model: Any) -> Any:
    """What predicts in the place of `model`: a search's best estimator, else the model itself."""
    searches = sys.modules.get("sklearn.model_selection._search")
    while searches and isinstance(model, searches.BaseSearchCV):
        fitted = vars(model).get("best_estimator_")
        model = vars(model)["estimator"] if fitted is None else fitted
    return model


def _pickle(model: Any, descriptor: int, failures: list[BaseException]) -> None:
    try:
        with os.fdopen(descriptor, "wb", CHUNK) as out:
            ModelPickler(out, protocol=5).dump(model)
    except BrokenPipeError:
        return  # the reader has refused already
    except BaseException as failure:
        failures.append(failure)


class ModelPickler(pickle.Pickler):
    """Leaves out what is inert: nothing of it was loaded."""

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Inert) or (isinstance(obj, type) and issubclass(obj, Inert)):
            raise Refused(f"The model needs {obj.module}.{obj.name}, which is not loaded")
        served = served_by(obj)
        held = getattr(served, "__dict__", None)
        if isinstance(obj, type) or type(held) is not dict:
            return NotImplemented
        kept = KEPT_MODEL in held
        if served is obj and not kept and not any(_is_inert(value) for value in held.values()):
            return NotImplemented
        maker, arguments, state, *rest = served.__reduce_ex__(5)
        if kept:
            return (maker, arguments, {**state, "__model": held[KEPT_MODEL]}, *rest)
        if isinstance(state, dict):
            state = {name: None if _is_inert(value) else value for name, value in state.items()}
        if maker is copyreg.__newobj__:  # type: ignore[attr-defined]
            maker, arguments = copyreg._reconstructor, (type(served), object, None)  # type: ignore[attr-defined]
        return (maker, arguments, state, *rest)


def _is_inert(value: Any) -> bool:
    return isinstance(value, Inert) or (isinstance(value, type) and issubclass(value, Inert))
