"""Every way in which a model is refused here: code, and the fix that its owner is told.

model_unsafe                    the file, or a value in the model, is what no model needs
model_unreadable                damaged, cut short, or no model file
model_unsupported               another library, or a version out of range
model_without_predict           not an estimator, or one that cannot predict
model_not_fitted                saved before fit()
model_feature_names_mismatch    metadata.feature_names does not fit the estimator
model_needs_too_much_memory     the memory limit of the scan or of the conversion
model_conversion_timed_out      the time limit of the scan or of the conversion
model_conversion_failed         loading, predicting or saving it raised or crashed
"""

from shared.errors import ModelRefused

FIXES = {
    "model_unsafe": "Save a plain estimator or pipeline, without functions or classes of your own,"
    " with joblib.dump(model, file).",
    "model_unreadable": "Save the model again with joblib.dump(model, file) and upload the whole"
    " file.",
    "model_unsupported": "Use an estimator of a supported library; for another version, train and"
    " save the model again with a supported one.",
    "model_without_predict": "Save the estimator or pipeline itself, one that has predict().",
    "model_not_fitted": "Call fit() before joblib.dump().",
    "model_feature_names_mismatch": "Correct feature_names in the model's metadata: one unique name"
    " for each input, in training order.",
    "model_needs_too_much_memory": "Train a smaller model, or raise CONVERSION_MEMORY_MB.",
    "model_conversion_timed_out": "Train a smaller model, or raise CONVERSION_TIMEOUT_SECONDS.",
    "model_conversion_failed": "Check that the file loads and predicts where it was trained, with"
    " the same versions of its libraries, then save it again.",
}
"""What is told where whoever refuses the model knows no better."""


def refused(
    code: str, message: str, detail: str | None = None, *, fix: str | None = None
) -> ModelRefused:
    """An unknown code, from a process that cannot be trusted, counts as a failed conversion."""
    code = code if code in FIXES else "model_conversion_failed"
    return ModelRefused(message, code=code, fix=fix or FIXES[code], detail=detail)
