"""Model files that cannot be had, cannot be trusted or cannot be served."""

from shared.errors.base import UserFacingError
from shared.errors.commands import DEPLOYMENT, DETAIL, SCAN

TITLE = "Model files"
PROMISE = (
    "The phase `prepare_model` refuses the file; Azure ML has not been given it. Whoever runs these"
    " commands should trust the file: `joblib.load` runs what is in it, the scan does not."
)

MB = 1 << 20
LIST_FILES = 'supabase storage ls "ss:///models/$USER_ID/" --linked --experimental'
SHOW_MODEL = (
    "python -c \"import joblib; model = joblib.load('model.joblib'); "
    "print(type(model), getattr(model, 'n_features_in_', None))\""
)
RELOAD = (
    "python -c \"import joblib; model = joblib.load('model.joblib'); "
    'print(model.predict([[0.0] * model.n_features_in_]))"'
)
SHOW_SETTINGS = 'az functionapp config appsettings list --name "$APP" -g "$RG" -o table'
FILES = "Supabase dashboard: Storage, `models`, the folder named by the user's id."
TIMELINE = "The phase `prepare_model` in the timeline; its `detail` has the end of the log."


class ModelRefused(UserFacingError):
    """The model file cannot be served."""

    status = 422
    look = TIMELINE
    seen = DEPLOYMENT


class ForeignFile(ModelRefused):
    code = "model_file_foreign"
    cause = "`file_path` does not lie in its owner's folder of the bucket `models`."
    fix = (
        "Upload the file to `<your user id>/<file name>`, and register that path as a model with"
        " `POST /models`. A row's `file_path` never changes."
    )
    look = "Supabase dashboard: Table Editor, `trained_models`, `file_path`."
    command = LIST_FILES

    def __init__(self) -> None:
        super().__init__(
            "The model's file_path does not lie in its owner's folder of the bucket models."
        )


class ModelFileMissing(ModelRefused):
    code = "model_file_missing"
    cause = "There is no file at `file_path` in the bucket `models`."
    fix = (
        "Upload the file to that path again, or upload it anywhere in your own folder and register"
        " it with `POST /models`."
    )
    look = FILES
    command = LIST_FILES

    def __init__(self, file_path: str) -> None:
        super().__init__(f"There is no file {file_path} in the bucket models.")


class ModelFileEmpty(ModelRefused):
    code = "model_file_empty"
    cause = "The file has 0 bytes: the upload broke off."
    fix = "Save the model again and upload the whole file."
    look = FILES
    command = LIST_FILES

    def __init__(self, file_path: str) -> None:
        super().__init__(f"The file {file_path} has 0 bytes.")


class ModelTooLarge(ModelRefused):
    code = "model_too_large"
    cause = "The file is larger than MAX_MODEL_MB."
    fix = "Save it with `joblib.dump(model, file, compress=3)`, or raise MAX_MODEL_MB."
    look = FILES
    command = SHOW_SETTINGS

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"The model file has more than {limit / MB:g} MB ({max(size, limit + 1)} bytes seen)."
        )


class ModelUnsafe(ModelRefused):
    code = "model_unsafe"
    cause = (
        "The file names something that no model needs (a function or class of your own, or an"
        " attack), or the loaded model holds a value that no fit writes. The message names it."
    )
    fix = (
        "Save a plain estimator or pipeline without functions or classes of your own, with"
        " `joblib.dump`. docs/models.md#your-own-functions-and-classes says"
        " what to put in their place."
    )
    command = SCAN


class ModelUnreadable(ModelRefused):
    code = "model_unreadable"
    cause = "The file is damaged, cut short, or no model file (a Git LFS pointer, a table)."
    fix = "Save the model again with `joblib.dump(model, file)` and upload the whole file."
    command = SCAN


class ModelUnsupported(ModelRefused):
    code = "model_unsupported"
    cause = (
        "The file is of a library, a form or a version that cannot be served. The message names"
        " it, and for a version the range."
    )
    fix = "Train and save it with a library, form and version of docs/models.md."
    command = SCAN


class ModelWithoutPredict(ModelRefused):
    code = "model_without_predict"
    cause = (
        "The file holds something that is no estimator, one without predict(), or several"
        " estimators of which none is the model for certain."
    )
    fix = "Save the estimator or the whole pipeline itself, or a dict with exactly one of them."
    command = SHOW_MODEL


class ModelNotFitted(ModelRefused):
    code = "model_not_fitted"
    cause = "The estimator was saved before fit()."
    fix = "Call fit(), then `joblib.dump`."
    command = RELOAD


class FeatureNamesMismatch(ModelRefused):
    code = "model_feature_names_mismatch"
    cause = (
        "`metadata.feature_names` in `trained_models` is not a list of as many different names"
        " as the model has inputs."
    )
    fix = (
        "Correct feature_names in the metadata: one unique name for each input, in training"
        " order; or leave it out."
    )
    look = "Supabase dashboard: Table Editor, `trained_models`, `metadata`."
    command = SHOW_MODEL


class ModelNeedsTooMuchMemory(ModelRefused):
    code = "model_needs_too_much_memory"
    cause = (
        "Judging the file needs more than 400 MB, or loading, predicting or saving it more than"
        " CONVERSION_MEMORY_MB. The message says which."
    )
    fix = "Train a smaller model (fewer or shallower trees), or raise CONVERSION_MEMORY_MB."
    command = SHOW_SETTINGS


class ConversionTimedOut(ModelRefused):
    code = "model_conversion_timed_out"
    cause = (
        "Judging the file took more than 20 s of CPU, or the conversion longer than"
        " CONVERSION_TIMEOUT_SECONDS. The message says which."
    )
    fix = "Train a smaller model, or raise CONVERSION_TIMEOUT_SECONDS."
    command = SHOW_SETTINGS


class ConversionFailed(ModelRefused):
    code = "model_conversion_failed"
    cause = (
        "Loading the model, predicting an example row or saving it raised or crashed; the"
        " message has the exception and the versions that were tried."
    )
    fix = (
        "Check that the file loads and predicts where it was trained, with the same versions;"
        " then save it again."
    )
    command = RELOAD


class ArtifactMissing(ModelRefused):
    status = 404
    code = "artifact_missing"
    cause = (
        "The converted model is no longer in the Storage bucket `artifacts`: somebody"
        " removed it between two phases."
    )
    fix = "Deploy again; the model is converted anew."
    look = "Supabase dashboard: Storage, `artifacts`, `<user id>/<model id>/`."
    command = 'supabase storage ls "ss:///artifacts/$USER_ID/$MODEL/" --linked --experimental'
    retry = "yes"

    def __init__(self, key: str) -> None:
        super().__init__(f"The converted model {key} is not in the bucket artifacts any more.")


class ArtifactTooLarge(ModelRefused):
    code = "artifact_too_large"
    cause = "Storage refuses the converted model: it is over the project's upload limit."
    fix = "Raise the limit, or train a smaller model."
    look = "Supabase dashboard: Storage, Settings, upload file size limit."
    command = DETAIL

    def __init__(self, size: int) -> None:
        super().__init__(
            f"Storage refuses the converted model: {size / MB:.1f} MB are over its upload limit."
        )


REFUSED_BY_SCAN_OR_SANDBOX: dict[str, type[ModelRefused]] = {
    each.code: each
    for each in (
        ModelUnsafe,
        ModelUnreadable,
        ModelUnsupported,
        ModelWithoutPredict,
        ModelNotFitted,
        FeatureNamesMismatch,
        ModelNeedsTooMuchMemory,
        ConversionTimedOut,
        ConversionFailed,
    )
}
"""What the processes that meet the file report by code, for they have no errors of ours."""


def model_refused(
    code: str, message: str, detail: str | None = None, *, fix: str | None = None
) -> ModelRefused:
    """An unknown code, from a process that cannot be trusted, counts as a failed conversion."""
    return REFUSED_BY_SCAN_OR_SANDBOX.get(code, ConversionFailed)(message, fix=fix, detail=detail)
