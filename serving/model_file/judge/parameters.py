"""Parameters of an estimator against scikit-learn's own constraints."""

from __future__ import annotations

import warnings
from typing import Any

from serving.model_file.judge.objects import attributes_of
from serving.model_file.judge.unfit import Path, module_of, shown, unfit


def check_parameters(estimator: object, path: Path | None) -> None:
    """Refuse parameters that scikit-learn itself refuses; called when all values are judged."""
    kind = type(estimator)
    if not module_of(kind).startswith("sklearn."):
        return
    constraints = getattr(kind, "_parameter_constraints", None)
    if type(constraints) is not dict:
        return
    try:
        from sklearn.utils._param_validation import validate_parameter_constraints
    except ImportError:  # of scikit-learn 1.1, which has no constraints
        return
    found = attributes_of(estimator)
    params = {name: found[name] for name in constraints if name in found}
    params = {k: v for k, v in params.items() if type(v).__name__ != "Inert"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            validate_parameter_constraints(constraints, params, caller_name=kind.__name__)
    except (ValueError, TypeError) as error:
        raise unfit(path, str(error)) from None
    for name, value in params.items():
        if type(value) is str and not _takes_text(constraints[name], value):
            raise unfit((path, f".{name}"), f"{shown(value)}: a text where none belongs")


def _takes_text(constraints: Any, value: str) -> bool:
    """Whether a constraint is about texts; that a text can be iterated over does not count."""
    from sklearn.utils._param_validation import HasMethods, make_constraint

    if type(constraints) is not list:  # "no_validation"
        return True
    made = [make_constraint(each) for each in constraints]
    return any(each.is_satisfied_by(value) for each in made if not isinstance(each, HasMethods))
