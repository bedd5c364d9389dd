"""Collect the allow-list from every supported scikit-learn: `python -m ...regenerate_allowlist`.

Each supported minor version is asked in its own environment, and the union is written. What goes
in: estimators and the classes that fitted estimators hold, the functions that estimators take as
parameters, and the reconstructors of arrays, sparse matrices, random states and data frames.
What must stay out is anything that reads, writes, imports, compiles or calls what it is given
(getattr, partial, attrgetter, joblib.Memory), and scipy.stats, whose distributions exec their
pickled state.
"""

import importlib
import inspect
import json
import pkgutil
import subprocess
import sys
import warnings
from collections import defaultdict
from pathlib import Path
from types import ModuleType

Pair = tuple[str, str]

FIXED: dict[str, str] = {
    "builtins": "bool bytearray bytes complex dict float frozenset int list object range set slice"
    " str tuple",
    "collections": "Counter OrderedDict defaultdict deque",
    "copyreg": "_reconstructor",
    "joblib.numpy_pickle": "NumpyArrayWrapper",
    "numpy": "dtype ndarray matrix memmap"
    " amax amin max mean median min nanmax nanmean nanmedian nanmin sum",
    "numpy.core.multiarray": "_reconstruct scalar",
    "numpy._core.multiarray": "_reconstruct scalar",
    "numpy.core.numeric": "_frombuffer",
    "numpy._core.numeric": "_frombuffer",
    "numpy.ma": "MaskedArray",
    "numpy.ma.core": "MaskedArray _mareconstruct",
    "numpy.matrixlib.defmatrix": "matrix",
    "numpy.random": "Generator MT19937 PCG64 PCG64DXSM Philox RandomState SFC64 SeedSequence",
    "numpy.random._generator": "Generator",
    "numpy.random._mt19937": "MT19937",
    "numpy.random._pcg64": "PCG64 PCG64DXSM",
    "numpy.random._philox": "Philox",
    "numpy.random._pickle": "__bit_generator_ctor __generator_ctor __randomstate_ctor",
    "numpy.random._sfc64": "SFC64",
    "numpy.random.bit_generator": "SeedSequence __pyx_unpickle_SeedSequence",
    "numpy.random.mtrand": "RandomState",
    "pandas._libs.arrays": "__pyx_unpickle_NDArrayBacked",
    "pandas._libs.internals": "_unpickle_block",
    "pandas.core.arrays.categorical": "Categorical",
    "pandas.core.dtypes.dtypes": "CategoricalDtype",
    "pandas.core.frame": "DataFrame",
    "pandas.core.indexes.base": "Index _new_Index",
    "pandas.core.indexes.range": "RangeIndex",
    "pandas.core.internals.managers": "BlockManager SingleBlockManager",
    "pandas.core.series": "Series",
    "scipy._lib.array_api_compat.numpy._aliases": "asarray",
    "scipy.interpolate._bsplines": "BSpline _BSpline",
    "scipy.interpolate._interpolate": "interp1d",
    "scipy.sparse._bsr": "bsr_array bsr_matrix",
    "scipy.sparse._coo": "coo_array coo_matrix",
    "scipy.sparse._csc": "csc_array csc_matrix",
    "scipy.sparse._csr": "csr_array csr_matrix",
    "scipy.sparse._dia": "dia_array dia_matrix",
    "scipy.sparse._dok": "dok_array dok_matrix",
    "scipy.sparse._lil": "lil_array lil_matrix",
    "sklearn.preprocessing._function_transformer": "_identity",
    "sklearn.feature_selection._mutual_info": "mutual_info_classif mutual_info_regression",
    "sklearn.feature_selection._univariate_selection": "chi2 f_classif f_oneway f_regression"
    " r_regression",
}
UFUNC_MODULES = ("numpy", "numpy.core._multiarray_umath", "numpy._core._multiarray_umath")
EXCLUDED = (
    "sklearn.__check_build",
    "sklearn._build_utils",
    "sklearn._min_dependencies",
    "sklearn._cyutility",
    "sklearn.callback",
    "sklearn.conftest",
    "sklearn.datasets",
    "sklearn.externals",
    "sklearn.inspection",
    "sklearn.metrics._pairwise_distances_reduction",
    "sklearn.metrics._plot",
    "sklearn.model_selection._plot",
    "sklearn.tree._export",
    "sklearn.tree._reingold_tilford",
    "sklearn.utils",
)
"""Parts of scikit-learn that no fitted model holds."""
HELD_FROM_UTILS = {
    "sklearn.utils._bunch": ("Bunch",),
    "sklearn.utils._metadata_requests": ("MetadataRequest", "MethodMetadataRequest"),
}


def collect() -> set[Pair]:
    """The pairs of the libraries installed here."""
    warnings.simplefilter("ignore")
    pairs = {(module, name) for module, names in FIXED.items() for name in names.split()}
    pairs |= {(module, n) for module, names in HELD_FROM_UTILS.items() for n in names}
    pairs |= _numpy_names()
    for module in _sklearn_modules():
        pairs |= _held(module)
    return pairs


def _numpy_names() -> set[Pair]:
    import numpy as np
    from scipy import special

    scalars = {("numpy", t.__name__) for t in set(np.sctypeDict.values()) if t is not np.object_}
    ufuncs = [name for name, value in vars(np).items() if isinstance(value, np.ufunc)]
    pairs = scalars | {(module, name) for module in UFUNC_MODULES for name in ufuncs}
    special_ufuncs = [n for n, value in vars(special).items() if isinstance(value, np.ufunc)]
    return pairs | {("scipy.special._ufuncs", name) for name in special_ufuncs}


def _sklearn_modules() -> list[ModuleType]:
    import sklearn

    modules = []
    for found in pkgutil.walk_packages(sklearn.__path__, "sklearn."):
        if found.name.startswith(EXCLUDED) or ".tests" in found.name:
            continue
        try:
            modules.append(importlib.import_module(found.name))
        except ImportError:
            continue
    return modules


def _held(module: ModuleType) -> set[Pair]:
    """The module's own classes, reconstructors and metrics.

    Some releases built the extension `sklearn._loss._loss` as `_loss`; files then say that.
    """
    own = {module.__name__}
    if (module.__file__ or "").endswith(".so"):
        own.add(module.__name__.rpartition(".")[2])
    return {
        (value.__module__, name)
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) in own
        and getattr(value, "__name__", None) == name
        and (inspect.isclass(value) or _is_reconstructor(name) or _is_metric(module, name))
        and not (inspect.isclass(value) and issubclass(value, BaseException | Warning))
    }


def _is_reconstructor(name: str) -> bool:
    return name == "newObj" or name.startswith("__pyx_unpickle_")


def _is_metric(module: ModuleType, name: str) -> bool:
    """Functions that scorers and selectors hold."""
    return (
        module.__name__.startswith("sklearn.metrics._")
        and not name.startswith("_")
        and name.endswith(("_score", "_loss", "_error", "_deviance", "_coef"))
    )


def main() -> None:
    """In each supported version's environment; then the union is written."""
    import tempfile

    from shared.conversion.environments import Interpreters, supported_releases

    pairs: set[Pair] = set()
    interpreters = Interpreters(Path(tempfile.gettempdir()) / "slipway-allowlist")
    for release in supported_releases():
        python = interpreters.for_sklearn(release).python
        done = subprocess.run(
            [python, __file__, "--collect"], capture_output=True, text=True, check=True
        )
        pairs |= {(module, name) for module, name in json.loads(done.stdout)}
    names = defaultdict(list)
    for module, name in sorted(pairs):
        names[module].append(name)
    lines = [f"{module}: {' '.join(found)}" for module, found in names.items()]
    header = "# Generated by shared/conversion/regenerate_allowlist.py; one module a line."
    target = Path(__file__).with_name("allowlist.txt")
    target.write_text("\n".join([header, *lines]) + "\n", "utf-8")


if __name__ == "__main__":
    if "--collect" in sys.argv:
        sys.stdout.write(json.dumps(sorted(collect())))
    else:
        main()
