"""What is told of names that are not on the list: whose each is decides code, message and fix."""

from collections.abc import Iterable, Mapping, Sequence

from shared.adapters.conversion.scan.known_names import (
    SERVED,
    UNSUPPORTED_PACKAGES,
    Origin,
    library,
    origin,
    package,
)
from shared.adapters.conversion.scan.refusal import SAVE_ESTIMATOR, Refusal

MOST_NAMES = 5
_FUNCTIONS_INSTEAD = (
    "Replace functions of one's own with FunctionTransformer(np.log1p) or another function of numpy"
    " or scipy.special, and transformers of one's own with ColumnTransformer and public encoders"
    " (scikit-learn, category_encoders, feature-engine); or compute these features before you send"
    " rows, and train the model on the finished columns."
)


def dangerous_names(
    pairs: Sequence[tuple[str, str]], forbidden: Mapping[tuple[str, str], str]
) -> Refusal:
    """Names that reach files, programs or the network; `forbidden` says how each is used."""
    called = [pair for pair in pairs if forbidden[pair] == "called"]
    verb = "calls" if called else "names"
    return Refusal(
        "model_unsafe",
        f"The file {verb} {_names(called or pairs)} while it is loaded. No model needs that; it can"
        " reach files, programs or the network.",
        "Do not load this file yourself. If you trained the model, save it again from the session"
        f" that trained it. {SAVE_ESTIMATOR}",
    )


def unsupported_libraries(libraries: Iterable[str]) -> Refusal:
    """Libraries that are known, but not served."""
    libraries = sorted(libraries)
    told = " and ".join(libraries[:3])
    return Refusal(
        "model_unsupported",
        f"This model needs {told}, which cannot be served here.",
        unsupported_fix(libraries[0]),
    )


def unsupported_fix(name: str) -> str:
    """What somebody whose model is made by an unsupported library can do."""
    served = "scikit-learn, XGBoost, LightGBM, CatBoost, imbalanced-learn, category_encoders,"
    return f"Train the model with {served} feature-engine or PyCaret instead of {name}." + (
        " A skorch or SciKeras wrapper does not help: the network inside it is still there."
        if name in ("PyTorch", "Keras", "TensorFlow", "skorch", "SciKeras")
        else ""
    )


def written_code(by_origin: Mapping[Origin, Sequence[tuple[str, str]]]) -> Refusal:
    """Functions and classes whose code is in the file."""
    own = [pair for pair in by_origin.get(Origin.OWN, ()) if pair[0] != "__main__" or pair[1]]
    detail = f" ({_names(own)})" if own else ""
    return Refusal(
        "model_unsafe",
        "The file holds a function, lambda or class of your own as code, written by cloudpickle or"
        f" dill{detail}. Code from a file is never run here.",
        _FUNCTIONS_INSTEAD,
    )


def own_names(pairs: Sequence[tuple[str, str]]) -> Refusal:
    """Functions and classes of the notebook or script that trained the model."""
    function = all(name.rpartition(".")[2][:1].islower() or "<" in name for _, name in pairs)
    kind = "function" if function else "class"
    return Refusal(
        "model_unsafe",
        f"The model needs your own {kind} {_names(pairs)}, defined in the notebook or script that"
        " trained it. It is in no library, so it cannot be loaded anywhere else.",
        _FUNCTIONS_INSTEAD,
    )


def unknown_names(pairs: Sequence[tuple[str, str]]) -> Refusal:
    """Names of a package that nothing is known of."""
    packages = sorted({package(module) for module, _ in pairs})
    return Refusal(
        "model_unsafe",
        f"The model needs {_names(pairs)}: your own class or function, or one of a library that is"
        f" not supported. The package {packages[0]!r} is not installed where models are served.",
        _FUNCTIONS_INSTEAD,
    )


def names_not_needed(pairs: Sequence[tuple[str, str]], versions: Sequence[str]) -> Refusal:
    """Names of served libraries that no fitted model holds."""
    libraries = sorted({library(module) or package(module) for module, _ in pairs})
    saved = f" (saved with scikit-learn {versions[0]})" if versions else ""
    return Refusal(
        "model_unsafe",
        f"The file names {_names(pairs)}{saved}: part of {' and '.join(libraries)}, but not of any"
        " fitted model that is known here.",
        "If it is a parameter of yours (a function, a metric, a scorer), choose it by its text name"
        " or leave the default; if it is an object that was left on the estimator, delete that"
        f" attribute. Then save again. {SAVE_ESTIMATOR}",
    )


def names_of_python(pairs: Sequence[tuple[str, str]]) -> Refusal:
    """Harmless names of Python's standard library that no fitted model holds."""
    return Refusal(
        "model_unsafe",
        f"The file names {_names(pairs)} of Python's standard library; no supported model needs"
        " that.",
        "Remove the attribute or parameter that holds it (a logger, a lock, a function) from"
        f" the estimator. {SAVE_ESTIMATOR}",
    )


def is_of_time_zones(pair: tuple[str, str]) -> bool:
    return package(pair[0]) in ("zoneinfo", "pytz") or pair == ("datetime", "timezone")


def times_with_a_zone(pairs: Sequence[tuple[str, str]]) -> Refusal:
    """Categories or labels that are times with a zone, which a request cannot hold as such."""
    return Refusal(
        "model_unsupported",
        f"The model was fitted on times with a time zone ({_names(pairs)}); requests hold ISO text,"
        " and models get it in UTC without a zone.",
        "Before fitting, turn such columns into UTC without a zone:"
        " df[column] = df[column].dt.tz_convert(None).",
    )


def is_of_periods(pair: tuple[str, str]) -> bool:
    module, name = pair
    return module == "pandas._libs.tslibs.offsets" or (
        package(module) == "pandas" and name in ("Period", "PeriodDtype", "PeriodIndex")
    )


def periods(pairs: Sequence[tuple[str, str]]) -> Refusal:
    """Categories or labels that are periods, such as months, which a request cannot hold."""
    return Refusal(
        "model_unsupported",
        f"The model was fitted on periods ({_names(pairs)}), which a JSON request cannot hold.",
        "Before fitting, turn such columns into text: df[column] = df[column].astype(str).",
    )


def _names(pairs: Sequence[tuple[str, str]]) -> str:
    told = [f"{module}.{name}"[:120] for module, name in pairs[:MOST_NAMES]]
    more = f" and {len(pairs) - MOST_NAMES} more" if len(pairs) > MOST_NAMES else ""
    return ", ".join(told) + more


def reasons_of(
    forbidden: Mapping[tuple[str, str], str], served: frozenset[str] = SERVED
) -> list[str]:
    """One line for each forbidden name: the name, and why it is refused."""
    return [f"{m}.{n}: {_reason(m, origin(m, n, served))}" for m, n in forbidden]


def _reason(module: str, where: Origin) -> str:
    if where is Origin.UNSUPPORTED:
        return f"{UNSUPPORTED_PACKAGES.get(package(module), library(module))} is not supported"
    if where is Origin.OWN:
        return "your own, defined in the notebook or script that trained the model"
    if where is Origin.WRITTEN_CODE:
        return "your own function or class, written into the file as code"
    if where is Origin.UNKNOWN:
        return "your own class or function, or of a library that is not supported"
    if where is Origin.DANGEROUS:
        return "no model needs this name, and it can do harm"
    return "no supported model needs this name"
