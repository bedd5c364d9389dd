"""Which libraries a model was trained with, as far as its file tells."""

from collections.abc import Mapping

from serving.model_file.findings import Findings
from shared.adapters.conversion.scan.known_names import library

UNKNOWN = "unknown"
_UNTOLD = {"numpy", "scipy", "joblib", "pandas", "PyArrow"}
"""Most models name them; what counts is a version that shows."""

_NEEDS_STATSMODELS = "category_encoders.glmm"

_MOVED_LATE = frozenset(
    [
        "dawsn",
        "erf",
        "erfc",
        "erfcx",
        "erfi",
        "exp10",
        "exp2",
        "expm1",
        "log1p",
        "log_ndtr",
        "ndtr",
        "voigt_profile",
        "wofz",
        "xlog1py",
        "xlogy",
    ]
)
"""Functions that are in scipy.special._special_ufuncs since 1.16; others were there before."""


def libraries(findings: Findings, versions: Mapping[str, str]) -> dict[str, str]:
    """{library: version}; of numpy and pandas the major version, of others "unknown" mostly.

    Of LightGBM the release, which its models' texts tell; where several did, the newest of them.

    Of SciPy a range, such as "1.14 to 1.16", where the file holds splines or special functions.

    `versions`: what the file's form tells; "" where the names in it are no evidence.
    """
    found = {
        name: UNKNOWN
        for module in sorted(findings.modules)
        if (name := library(module)) and name not in _UNTOLD
    }
    found.pop("scikit-learn", None)
    if _NEEDS_STATSMODELS in findings.modules:
        found["statsmodels"] = UNKNOWN
    if findings.sklearn_versions:
        found["scikit-learn"] = ", ".join(sorted(findings.sklearn_versions))
    if findings.lightgbm_releases and "LightGBM" in found:
        found["LightGBM"] = max(findings.lightgbm_releases)
    if "numpy" not in versions and (major := _numpy(findings.modules)):
        found["numpy"] = major
    if "pandas" not in versions and (major := _pandas(findings.modules)):
        found["pandas"] = major
    if "scipy" not in versions and (releases := _scipy(findings)):
        found["scipy"] = releases
    return {**found, **{name: version for name, version in versions.items() if version}}


def _numpy(modules: set[str]) -> str:
    """numpy 2 has renamed numpy.core, from where arrays and scalars are made."""
    if any(module.startswith("numpy._core") for module in modules):
        return "2"
    return "1" if any(module.startswith("numpy.core") for module in modules) else ""


def _pandas(modules: set[str]) -> str:
    """The classes of pandas 3 say that they are in `pandas` itself; 1 had indexes of numbers."""
    if "pandas.core.indexes.numeric" in modules:
        return "1"
    if "pandas" in modules:
        return "3"
    return "2" if any(module.startswith("pandas.") for module in modules) else ""


def _scipy(findings: Findings) -> str:
    """Splines name what makes their arrays since 1.17; functions moved in 1.14 to 1.16."""
    least, most = "", ""
    if findings.special_functions:
        least = "1.16" if findings.special_functions & _MOVED_LATE else "1.14"
    if "scipy.interpolate._bsplines" in findings.modules:
        if any("array_api_compat" in module for module in findings.modules):
            least = "1.17"
        else:
            most = "1.16"
    if least and most:
        return f"{least} to {most}"
    return f"{least} or later" if least else most and f"up to {most}"
