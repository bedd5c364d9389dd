"""Small fitted models whose attributes are then changed, and how they are pickled."""

import io
import pickle
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression

from tests.intake.hostile.case import Case

X = np.array([[0.0, 1, 2], [1, 0, 3], [2, 1, 0], [3, 0, 1], [4, 2, 2], [5, 1, 3]])
Y = np.array([0, 0, 0, 1, 1, 1])
Make = Callable[[], Any]


@cache
def _fitted(kind: Make) -> bytes:
    return pickle.dumps(kind().fit(X, Y))


def fitted(kind: Make = LogisticRegression, **attributes: Any) -> Any:
    """A small fitted model with these attributes set past its class."""
    model = pickle.loads(_fitted(kind))
    vars(model).update(attributes)
    return model


def dumped(model: object, protocol: int = 5) -> bytes:
    """The model as pickle writes it."""
    return pickle.dumps(model, protocol)


def joblib_dumped(model: object) -> bytes:
    """The model as joblib writes it."""
    target = io.BytesIO()
    joblib.dump(model, target)
    return target.getvalue()


class Reduced:
    """Is pickled as whatever this reduction says."""

    def __init__(self, *reduced: object) -> None:
        self.reduced = reduced

    def __reduce__(self) -> tuple[Any, ...]:
        return self.reduced


def changed(model: Any, **attributes: object) -> Any:
    """The model after its attributes were set past its class."""
    vars(model).update(attributes)
    return model


def as_cases(kinds: dict[str, Callable[[], Iterator[tuple[str, Make]]]]) -> Iterator[Case]:
    """Every model of every kind; each third one is written by joblib."""
    for kind, made in kinds.items():
        for place, (name, make) in enumerate(made()):
            write = joblib_dumped if place % 3 == 2 else dumped
            yield Case(name, kind, lambda m=make, w=write: w(m()), "values")
