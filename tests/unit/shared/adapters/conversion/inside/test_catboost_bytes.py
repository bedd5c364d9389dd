"""CatBoost's models are saved with the bytes that they came with."""

import io
import pickle
from typing import Any

from serving.model_file.save import KEPT_MODEL, ModelPickler
from shared.adapters.conversion.inside.catboost_bytes import keeping_bytes


class CatBoostClassifier:
    """Writes another model than it has loaded, as CatBoost does of one with texts."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.params = {name: value for name, value in state.items() if name != "__model"}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.params, "__model": b"what cannot be loaded"}


def test_catboosts_models_are_saved_as_they_were_loaded() -> None:
    made = keeping_bytes("catboost.core", "CatBoostClassifier", CatBoostClassifier)()
    made.__setstate__({"__model": b"as uploaded", "depth": 2})
    assert type(made) is CatBoostClassifier
    assert vars(made)[KEPT_MODEL] == b"as uploaded"
    file = io.BytesIO()
    ModelPickler(file, protocol=5).dump(made)
    assert b"as uploaded" in file.getvalue()
    assert b"what cannot be loaded" not in file.getvalue()
    assert pickle.loads(file.getvalue()).params == {"depth": 2}
