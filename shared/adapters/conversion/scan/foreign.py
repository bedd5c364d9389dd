"""What the owner of a file is told that is no model, or a model of another kind."""

from shared.adapters.conversion.scan.refusal import Refusal
from shared.adapters.conversion.scan.refusal_names import unsupported_fix

SAVE = "joblib.dump(model, 'model.joblib')"
UPLOAD_MODEL = f"Save the fitted model with {SAVE} and upload that file."
RESAVE = f"Save the model again with {SAVE.replace(')', ', compress=3)')}."


def foreign(library: str, what: str) -> Refusal:
    """`what` a file is, a model of a library that is not served or not in this form."""
    if library == "CatBoost":
        fix = f"Save the CatBoostClassifier or CatBoostRegressor itself: {SAVE}."
    elif library == "numpy":
        return no_model(what)
    elif library in ("ONNX", "PMML"):
        fix = f"Upload the scikit-learn model that it was made from: {SAVE}."
    else:
        fix = unsupported_fix(library)
    return Refusal("model_unsupported", f"The file is {what}, which cannot be served here.", fix)


def no_model(what: str) -> Refusal:
    return unreadable(f"The file is {what}, not a model.", UPLOAD_MODEL)


def unreadable(message: str, fix: str) -> Refusal:
    return Refusal("model_unreadable", message, fix)
