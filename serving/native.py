"""Native boosters as models with predict(): XGBoost's and LightGBM's own files, kept as bytes.

Only used inside walls: the libraries read these bytes in C++. The booster is built when it is first
needed. It answers what the library's own Booster.predict answers: probabilities for a classifier,
never labels.
"""

from typing import Any

import numpy as np

from serving.model_file.boosters import lightgbm_model
from serving.model_file.boosters.xgboost_model import check_saved


class _Booster:
    """What both have in common: bytes in, numbers out."""

    def __init__(self, raw: bytes, n_features: int, feature_names: list[str] | None) -> None:
        self.raw = raw
        self.n_features_in_ = n_features
        self.names = feature_names

    def __getstate__(self) -> dict[str, Any]:
        return {"raw": self.raw, "n_features_in_": self.n_features_in_, "names": self.names}

    def __getattr__(self, name: str) -> Any:
        """feature_names_in_, where the file has names; as scikit-learn's estimators have it."""
        if name == "feature_names_in_" and self.__dict__.get("names"):
            return np.asarray(self.names, dtype=object)
        raise AttributeError(name)

    def _numbers(self, rows: Any) -> Any:
        """`rows` (a DataFrame or an array) as an array of doubles, one column for each feature."""
        numbers = np.asarray(rows, dtype=np.float64)
        if numbers.ndim != 2 or numbers.shape[1] != self.n_features_in_:
            raise ValueError(f"The model takes {self.n_features_in_} columns in each row.")
        return numbers


class XGBoostBooster(_Booster):
    """An XGBoost model of a .json or .ubj file."""

    def booster(self) -> Any:
        """The library's own object; built once, when the bytes were read."""
        if "_built" not in self.__dict__:
            import xgboost

            check_saved(self.raw, xgboost.__version__)
            built = xgboost.Booster()
            built.load_model(bytearray(self.raw))
            self._built = built
        return self._built

    def predict(self, rows: Any) -> Any:
        import xgboost

        booster = self.booster()
        table = xgboost.DMatrix(
            self._numbers(rows),
            feature_names=booster.feature_names,
            feature_types=booster.feature_types,
        )
        return booster.predict(table)


class LightGBMBooster(_Booster):
    """A LightGBM model of a text file."""

    def booster(self) -> Any:
        """The library's own object; built once, when the bytes were read."""
        if "_built" not in self.__dict__:
            import lightgbm

            lightgbm_model.read(self.raw, pickled=True)
            self._built = lightgbm.Booster(model_str=self.raw.decode("utf-8"))
        return self._built

    def predict(self, rows: Any) -> Any:
        return self.booster().predict(self._numbers(rows))
