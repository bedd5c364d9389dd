"""From an untrusted file to the canonical file that an endpoint loads, and what is known of it."""

import sys
from io import BytesIO
from typing import IO, Any

from serving.model_file.boosters.native import Unserved
from serving.model_file.findings import Findings, Refused, Unreadable
from serving.model_file.judge import Unfit
from serving.model_file.load import load_canonical, load_upload
from serving.model_file.save import save_model, served_by
from shared.adapters.conversion.inside.catboost_bytes import keeping_bytes
from shared.adapters.conversion.inside.columns import NotServable, describe
from shared.adapters.conversion.inside.forms import load_native, the_estimator
from shared.adapters.conversion.inside.outputs import outputs
from shared.adapters.conversion.inside.responses import check_responses
from shared.adapters.conversion.scan.forms import open_form
from shared.adapters.conversion.scan.opened import Kind
from shared.adapters.conversion.scan.refusal import Turned

MOST_TEXT = 1000


class Failed(Exception):
    """Why there is no converted model.

    `loading`, `predicting`: other versions of its libraries may load it, or predict with it.
    """

    def __init__(
        self,
        code: str,
        message: str,
        fix: str = "",
        *,
        loading: bool = False,
        predicting: bool = False,
    ) -> None:
        super().__init__(message)
        self.outcome = {
            "code": code,
            "message": message[:MOST_TEXT],
            "fix": fix[:MOST_TEXT],
            "loading": loading,
            "predicting": predicting,
        }


def convert(
    file: IO[bytes], artifact: IO[bytes], feature_names: list[str] | None
) -> dict[str, Any]:
    """Load `file`, write `artifact`, load that as an endpoint does, and describe what it is.

    Failed, or MemoryError.
    """
    try:
        model, notes = _loaded(file)
        _check(model)
        save_model(model, artifact)
        del model
        model = load_canonical(artifact)
        check_responses(model)
        description = describe(model, feature_names)
        return {
            "algorithm": _algorithm(model)[:100],
            "description": description.to_json(),
            "outputs": outputs(model, description),
            "notes": [note[:MOST_TEXT] for note in notes],
        }
    except NotServable as refusal:
        predicting = refusal.code == "model_conversion_failed"
        raise Failed(refusal.code, str(refusal), refusal.fix, predicting=predicting) from None
    except Unserved as kind:
        raise Failed("model_unsupported", str(kind), kind.fix) from None
    except Turned as turned:
        said = turned.refusal
        raise Failed(said.code, said.message, said.fix) from None
    except (Refused, Unfit) as reason:
        raise Failed("model_unsafe", f"The model is not safe to serve: {reason}.") from None
    except Unreadable as damage:
        raise Failed("model_unreadable", f"The file cannot be read: {damage}") from None


def _loaded(file: IO[bytes]) -> tuple[Any, list[str]]:
    """(the estimator that is served, what is told of how it was found)."""
    opened = open_form(file)
    try:
        if opened.kind is Kind.NATIVE:
            assert opened.described is not None  # noqa: S101
            return load_native(opened.described, opened.stream.read()), [opened.note]
        loaded = load_upload(opened.stream, Findings(), keeping_bytes)
    except (Refused, Unreadable, Unserved, Turned, MemoryError):
        raise
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)
        message = f"Loading the model failed: {type(error).__name__}: {error}"
        raise Failed("model_conversion_failed", message, loading=True) from None
    model, note = the_estimator(loaded)
    return served_by(model), [told for told in (opened.note, note) if told]


def _check(model: Any) -> None:
    """NotServable unless this is a fitted estimator that predicts."""
    kind = type(model).__name__
    if not callable(getattr(model, "predict", None)):
        raise NotServable("model_without_predict", f"This {kind} has no predict().")
    if not _is_fitted(model):
        raise NotServable("model_not_fitted", f"This {kind} is not fitted.")


def _is_fitted(model: Any) -> bool:
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    if not hasattr(model, "fit"):
        return True
    if callable(own := getattr(model, "is_fitted", None)):  # CatBoost's
        return bool(own())
    try:
        check_is_fitted(model)
    except NotFittedError:
        return False
    return True


def _algorithm(model: Any) -> str:
    """The name of what predicts: of a pipeline, its last step."""
    steps = getattr(model, "steps", None)
    return _algorithm(steps[-1][1]) if steps else type(model).__name__


def rehearse() -> None:
    """Convert a model of our own: what libraries import and look up on first use, they have then.

    It takes seconds that pass while there is no job yet.
    """
    import joblib
    from sklearn.ensemble import RandomForestRegressor

    file = BytesIO()
    joblib.dump(RandomForestRegressor(1).fit([[0.0], [1.0]], [0.0, 1.0]), file)
    model, _ = _loaded(file)
    save_model(model, BytesIO())
    description = describe(model, None)
    outputs(model, description)
