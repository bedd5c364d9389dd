"""Why a file is refused: what its owner is told, and the exception that carries it."""

from typing import NamedTuple

SAVE_ESTIMATOR = "Save the fitted estimator or pipeline itself: joblib.dump(model, 'model.joblib')."


class Refusal(NamedTuple):
    """Why a file is refused. `code` is one of shared/errors/models.py."""

    code: str
    message: str
    fix: str


class Turned(ValueError):
    """A file that is refused for what it is; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal
