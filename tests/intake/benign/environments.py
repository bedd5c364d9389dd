"""The environments that the corpus is trained in: what each installs, pinned."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Environment:
    """One training environment."""

    name: str
    requirements: tuple[str, ...]
    place: int = 0
    """Its turn among those that share the spread cases; `places` take turns."""
    places: int = 1


def _scikit_learn(name: str, sklearn: str, numpy: str, pandas: str, joblib: str) -> Environment:
    pins = (
        f"scikit-learn=={sklearn}",
        f"numpy=={numpy}",
        f"pandas=={pandas}",
        f"joblib=={joblib}",
    )
    return Environment(name, pins)


_TURNS = (
    _scikit_learn("1.2-np1", "1.2.2", "1.24.4", "2.0.3", "1.2.0"),
    _scikit_learn("1.3-np1", "1.3.2", "1.26.4", "2.1.4", "1.3.2"),
    _scikit_learn("1.4-np1", "1.4.2", "1.26.4", "2.2.3", "1.4.2"),
    _scikit_learn("1.4-np2", "1.4.2", "2.0.2", "2.2.3", "1.4.2"),
    _scikit_learn("1.5-np2", "1.5.2", "2.2.6", "2.3.3", "1.4.2"),
    _scikit_learn("1.6-np2", "1.6.1", "2.2.6", "2.3.3", "1.4.2"),
    _scikit_learn("1.7-np2", "1.7.2", "2.2.6", "2.3.3", "1.5.2"),
    _scikit_learn("1.8-np2", "1.8.0", "2.3.5", "2.3.3", "1.5.2"),
    _scikit_learn("1.9-pd2", "1.9.1", "2.3.5", "2.3.3", "1.6.0"),
)
"""These take turns with the cases; the oldest and the newest write every case."""

ENVIRONMENTS = (
    _scikit_learn("1.1-np1", "1.1.3", "1.24.4", "2.0.3", "1.2.0"),
    _scikit_learn("1.9-pd3", "1.9.1", "2.4.6", "3.1.1", "1.6.0"),
    *(
        Environment(turn.name, turn.requirements, place, len(_TURNS))
        for place, turn in enumerate(_TURNS)
    ),
    Environment(
        "forms-1.6",
        (
            *_TURNS[5].requirements,
            "skops==0.11.0",
            "cloudpickle==3.1.1",
            "mlflow-skinny==2.22.1",
        ),
    ),
    Environment(
        "libs-1.6",
        (
            *_TURNS[5].requirements,
            "xgboost-cpu==3.2.0",
            "lightgbm==4.7.0",
            "catboost==1.2.10",
            "imbalanced-learn==0.14.2",
            "category-encoders==2.11.2",
            "feature-engine==1.9.4",
        ),
    ),
    Environment(
        "libs-1.2",
        (
            *_TURNS[0].requirements,
            "xgboost==1.7.6",
            "lightgbm==3.3.5",
            "catboost==1.2.2",
            "imbalanced-learn==0.10.1",
            "category-encoders==2.6.3",
            "feature-engine==1.6.2",
        ),
    ),
    Environment(
        "libs-pd1",
        (
            *("scikit-learn==1.2.2", "numpy==1.23.5", "pandas==1.5.3", "joblib==1.2.0"),
            "imbalanced-learn==0.10.1",
            "category-encoders==2.6.3",
            "feature-engine==1.5.2",
        ),
    ),
    Environment(
        "libs-1.4",
        (
            *_TURNS[2].requirements,
            "xgboost==2.0.3",
            "lightgbm==4.3.0",
            "catboost==1.2.5",
            "imbalanced-learn==0.12.4",
            "category-encoders==2.6.4",
            "feature-engine==1.7.0",
        ),
    ),
    Environment(
        "pycaret",
        ("pycaret==3.3.2", "scikit-learn==1.4.2", "six==1.17.0", "setuptools==80.9.0"),
    ),
)
