"""Why a file cannot be had from Storage, or put there."""

from shared.errors import ModelRefused, NotFound

MODELS, ARTIFACTS = "models", "artifacts"
MB = 1 << 20


class ForeignFile(ModelRefused):
    code = "model_file_foreign"

    def __init__(self) -> None:
        super().__init__(
            "The model's file_path does not lie in its owner's folder of the bucket models.",
            fix="Upload the file to <your user id>/<file name>, and register that path as a model "
            "with POST /models.",
        )


class ModelFileMissing(ModelRefused):
    code = "model_file_missing"

    def __init__(self, file_path: str) -> None:
        super().__init__(
            f"There is no file {file_path} in the bucket {MODELS}.",
            fix="Upload the file to that path again, or upload it anywhere in your folder and "
            "register it with POST /models.",
        )


class ModelFileEmpty(ModelRefused):
    code = "model_file_empty"

    def __init__(self, file_path: str) -> None:
        super().__init__(
            f"The file {file_path} has 0 bytes.", fix="Save the model again and upload it."
        )


class ModelTooLarge(ModelRefused):
    code = "model_too_large"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"The model file has more than {limit / MB:g} MB ({max(size, limit + 1)} bytes seen).",
            fix="Save it again with joblib compress=3, or raise MAX_MODEL_MB.",
        )


class ArtifactMissing(NotFound):
    code = "artifact_missing"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"The converted model {key} is not in the bucket {ARTIFACTS} any more.",
            fix="Deploy the model again; it is converted anew.",
        )


class ArtifactTooLarge(ModelRefused):
    code = "artifact_too_large"

    def __init__(self, size: int) -> None:
        super().__init__(
            f"Storage refuses the converted model: {size / MB:.1f} MB are over its upload limit.",
            fix="Raise the upload limit under Storage settings in the Supabase dashboard.",
        )
