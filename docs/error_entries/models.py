"""Codes of model files that cannot be had, cannot be trusted or cannot be served."""

from docs.error_entries.entry import DEPLOYMENT, DETAIL, LATER, RETRY, SCAN, Entry, Group

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


def _refusal(code: str, cause: str, fix: str, command: str, look: str = TIMELINE) -> Entry:
    """A model is refused in the phase prepare_model: never a reply, never worth a mere retry."""
    return Entry(code=code, cause=cause, fix=fix, look=look, command=command, seen=DEPLOYMENT)


MODELS = Group(
    "Model files",
    "The phase `prepare_model` refuses the file; Azure ML has not been given it. Whoever runs these"
    " commands should trust the file: `joblib.load` runs what is in it, the scan does not.",
    (
        _refusal(
            "model_file_foreign",
            "`file_path` does not lie in its owner's folder of the bucket `models`.",
            "Upload the file to `<your user id>/<file name>`, and register that path as a model"
            " with `POST /models`. A row's `file_path` never changes.",
            LIST_FILES,
            "Supabase dashboard: Table Editor, `trained_models`, `file_path`.",
        ),
        _refusal(
            "model_file_missing",
            "There is no file at `file_path` in the bucket `models`.",
            "Upload the file to that path again, or upload it anywhere in your own folder and"
            " register it with `POST /models`.",
            LIST_FILES,
            FILES,
        ),
        _refusal(
            "model_file_empty",
            "The file has 0 bytes: the upload broke off.",
            "Save the model again and upload the whole file.",
            LIST_FILES,
            FILES,
        ),
        _refusal(
            "model_too_large",
            "The file is larger than MAX_MODEL_MB.",
            "Save it with `joblib.dump(model, file, compress=3)`, or raise MAX_MODEL_MB.",
            SHOW_SETTINGS,
            FILES,
        ),
        _refusal(
            "model_unsafe",
            "The file names something that no model needs (a function or class of your own, or an"
            " attack), or the loaded model holds a value that no fit writes. The message names it.",
            "Save a plain estimator or pipeline without functions or classes of your own, with"
            " `joblib.dump`. [models.md](models.md#your-own-functions-and-classes) says"
            " what to put in their place.",
            SCAN,
        ),
        _refusal(
            "model_unreadable",
            "The file is damaged, cut short, or no model file (a Git LFS pointer, a table).",
            "Save the model again with `joblib.dump(model, file)` and upload the whole file.",
            SCAN,
        ),
        _refusal(
            "model_unsupported",
            "The file is of a library, a form or a version that cannot be served. The message names"
            " it, and for a version the range.",
            "Train and save it with a library, form and version of [models.md](models.md).",
            SCAN,
        ),
        _refusal(
            "model_without_predict",
            "The file holds something that is no estimator, one without predict(), or several"
            " estimators of which none is the model for certain.",
            "Save the estimator or the whole pipeline itself, or a dict with exactly one of them.",
            SHOW_MODEL,
        ),
        _refusal(
            "model_not_fitted",
            "The estimator was saved before fit().",
            "Call fit(), then `joblib.dump`.",
            RELOAD,
        ),
        _refusal(
            "model_feature_names_mismatch",
            "`metadata.feature_names` in `trained_models` is not a list of as many different names"
            " as the model has inputs.",
            "Correct it: one unique name for each input, in training order; or leave it out.",
            SHOW_MODEL,
            "Supabase dashboard: Table Editor, `trained_models`, `metadata`.",
        ),
        _refusal(
            "model_needs_too_much_memory",
            "Judging the file needs more than 400 MB, or loading, predicting or saving it more than"
            " CONVERSION_MEMORY_MB. The message says which.",
            "Train a smaller model (fewer or shallower trees), or raise CONVERSION_MEMORY_MB.",
            SHOW_SETTINGS,
        ),
        _refusal(
            "model_conversion_timed_out",
            "Judging the file took more than 20 s of CPU, or the conversion longer than"
            " CONVERSION_TIMEOUT_SECONDS. The message says which.",
            "Train a smaller model, or raise CONVERSION_TIMEOUT_SECONDS.",
            SHOW_SETTINGS,
        ),
        _refusal(
            "model_conversion_failed",
            "Loading the model, predicting an example row or saving it raised or crashed; the"
            " message has the exception and the versions that were tried.",
            "Check that the file loads and predicts where it was trained, with the same versions;"
            " then save it again.",
            RELOAD,
        ),
        Entry(
            code="environment_not_built",
            cause="The environment with this model's versions could not be installed: the package"
            " index is out of reach, or the temporary disk stays full although other environments"
            " were removed.",
            fix="Let the function app reach the package index, or set UV_DEFAULT_INDEX to one that"
            " it reaches. On a full disk lower CONVERSION_CACHE_MB or MAX_MODEL_MB. Then retry.",
            look="The timeline's message says how much disk is free, or what the installer says."
            " Function app: Networking.",
            command=f"{DETAIL}\n{RETRY}",
            retry=LATER,
            seen=DEPLOYMENT,
        ),
    ),
)
