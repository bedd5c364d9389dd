"""Shapes that are known only when a model is asked, compared before compiled code relies on them.

What an estimator inside of another answers cannot be told from its attributes. Where scikit-learn
hands such an answer to compiled code that reads or writes as many rows and columns as it expects,
the comparison stands in front of that code, in the place of scikit-learn's own function.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any


@cache
def guard_stages() -> None:
    """Boosting adds the answers of its trees to those of its first estimator, in their place."""
    from sklearn.ensemble import _gb

    add = _gb.predict_stages

    def predict_stages(estimators: Any, rows: Any, scale: float, out: Any) -> None:
        wanted = (rows.shape[0], estimators.shape[1])
        if out.shape != wanted:
            raise ValueError(f"The first estimator answers {out.shape}, the trees {wanted}.")
        add(estimators, rows, scale, out)

    _gb.predict_stages = predict_stages


@cache
def guard_binaries() -> None:
    """The rows that a member says yes to become places in a matrix with a row for each."""
    from sklearn import multiclass
    from sklearn.utils.validation import _num_samples

    def check(found: Any, _: Any, rows: Any) -> None:
        if len(found) != _num_samples(rows):
            raise ValueError(f"A member answers {len(found)} times for {_num_samples(rows)} rows.")

    _check_answers(multiclass, "_predict_binary", check)


@cache
def guard_votes() -> None:
    """The classes that members vote for are counted in as many places as the largest says."""
    from sklearn.ensemble import VotingClassifier

    def check(found: Any, voting: Any, _: Any) -> None:
        if found.dtype.kind in "iu" and found.size and found.max() >= len(voting.classes_):
            raise ValueError(f"A member votes for class {found.max()} of {len(voting.classes_)}.")

    _check_answers(VotingClassifier, "_predict", check)


@cache
def guard_histograms() -> None:
    """Histogram boosting reads the columns that its encoder of categories answers (since 1.4)."""
    from sklearn.ensemble._hist_gradient_boosting.gradient_boosting import BaseHistGradientBoosting

    def check(prepared: Any, boosting: Any, _: Any, *, reset: bool) -> None:
        if not reset and prepared.shape[1:] != (boosting.n_features_in_,):
            columns = f"{prepared.shape[1:]} columns, the trees {boosting.n_features_in_}"
            raise ValueError(f"The encoder of categories answers {columns}.")

    if hasattr(BaseHistGradientBoosting, "_preprocess_X"):
        _check_answers(BaseHistGradientBoosting, "_preprocess_X", check)


def _check_answers(owner: Any, name: str, check: Callable[..., None]) -> None:
    """From now on `check` sees each answer of that function, and what it was asked with, first."""
    ask = getattr(owner, name)

    def checked(*given: Any, **named: Any) -> Any:
        found = ask(*given, **named)
        check(found, *given, **named)
        return found

    setattr(owner, name, checked)
