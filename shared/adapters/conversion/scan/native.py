"""Native models of XGBoost and LightGBM: recognised, described and checked without the libraries.

The libraries read such files in C++ and trust the indices in them; what is read here has none that
reaches outside its tree. They are loaded only inside walls.
"""

from serving.model_file.boosters.native import Format, NativeModel, Unserved
from shared.adapters.conversion.scan.refusal import Refusal, Turned

MAX_BYTES = {
    Format.XGBOOST_JSON: 32 << 20,
    Format.XGBOOST_UBJ: 64 << 20,
    Format.LIGHTGBM_TEXT: 64 << 20,
}
"""What can be checked in the scan's memory."""


def format_of(head: bytes) -> Format | None:
    """Which native format a file begins like."""
    if head.startswith(b"{L\x00\x00\x00\x00\x00\x00\x00") and b"learner" in head[:64]:
        return Format.XGBOOST_UBJ
    if head.startswith((b"tree\n", b"tree\r\n")):
        return Format.LIGHTGBM_TEXT
    squeezed = b"".join(head[:400].split())
    if squeezed.startswith((b'{"learner":{', b'{"version":[')) and b'"learner"' in b"".join(
        head.split()
    ):
        return Format.XGBOOST_JSON
    return None


def read(raw: bytes, format_: Format) -> NativeModel:
    """The description of the model whose whole file is `raw`. Turned, Refused or Unreadable."""
    from serving.model_file.boosters import lightgbm_model, xgboost_model

    if len(raw) > MAX_BYTES[format_]:
        raise Turned(_too_long(format_))
    try:
        if format_ is Format.LIGHTGBM_TEXT:
            return lightgbm_model.read(raw)
        return xgboost_model.read(raw, format_)
    except Unserved as kind:
        raise Turned(Refusal("model_unsupported", str(kind), kind.fix)) from None


def _too_long(format_: Format) -> Refusal:
    limit = MAX_BYTES[format_] >> 20
    shorter = {
        Format.XGBOOST_JSON: "Save it as model.save_model('model.ubj'), which is shorter",
        Format.XGBOOST_UBJ: "Train fewer or smaller trees",
        Format.LIGHTGBM_TEXT: "Train fewer or smaller trees",
    }[format_]
    return Refusal(
        "model_unsupported",
        f"The native model ({format_.value}) has more than {limit} MB, the most that is read.",
        f"{shorter}, or use the library's scikit-learn estimator and joblib.dump(model, file).",
    )
