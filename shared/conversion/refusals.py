"""Every way in which a model is refused here: code, and the fix that its owner is told.

model_unsafe                    the scan found what no model needs
model_unreadable                damaged, cut short, or no joblib file
model_unsupported               another library, or a scikit-learn out of range
model_without_predict           not an estimator, or one that cannot predict
model_not_fitted                saved before fit()
model_feature_names_mismatch    metadata.feature_names does not fit the estimator
model_needs_too_much_memory     the conversion's memory limit
model_conversion_timed_out      the conversion's time limit
model_conversion_failed         loading, predicting or saving it raised or crashed
"""

from shared.errors import ModelRefused

FIXES = {
    "model_unsafe": "Save a plain scikit-learn estimator or pipeline, without functions or classes"
    " of your own, with joblib.dump(model, file).",
    "model_unreadable": "Save the model again with joblib.dump(model, file) and upload the whole"
    " file.",
    "model_unsupported": "Use a scikit-learn estimator or pipeline; for another version, train and"
    " save the model again with a supported one.",
    "model_without_predict": "Save the estimator or pipeline itself, one that has predict().",
    "model_not_fitted": "Call fit() before joblib.dump().",
    "model_feature_names_mismatch": "Correct feature_names in the model's metadata: one unique name"
    " for each input, in training order.",
    "model_needs_too_much_memory": "Train a smaller model, or raise CONVERSION_MEMORY_MB.",
    "model_conversion_timed_out": "Train a smaller model, or raise CONVERSION_TIMEOUT_SECONDS.",
    "model_conversion_failed": "Check that the file loads and predicts where it was trained, with"
    " the same scikit-learn, then save it again.",
}


def refused(code: str, message: str, detail: str | None = None) -> ModelRefused:
    """An unknown code, from a process that cannot be trusted, counts as a failed conversion."""
    code = code if code in FIXES else "model_conversion_failed"
    return ModelRefused(message, code=code, fix=FIXES[code], detail=detail)
