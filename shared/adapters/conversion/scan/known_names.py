"""What a top-level package or a name in a model file tells of where it comes from."""

import sys
from collections.abc import Mapping
from enum import Enum

SUPPORTED_PACKAGES: Mapping[str, str] = {
    "sklearn": "scikit-learn",
    "numpy": "numpy",
    "scipy": "scipy",
    "pandas": "pandas",
    "joblib": "joblib",
    "xgboost": "XGBoost",
    "lightgbm": "LightGBM",
    "catboost": "CatBoost",
    "_catboost": "CatBoost",
    "imblearn": "imbalanced-learn",
    "category_encoders": "category_encoders",
    "feature_engine": "feature-engine",
    "pycaret": "PyCaret",
}
"""Packages whose models are served, as far as their names are on the list."""
SERVED = frozenset(SUPPORTED_PACKAGES)
"""Top-level packages whose models are served."""

UNSUPPORTED_PACKAGES: Mapping[str, str] = {
    "autogluon": "AutoGluon",
    "autosklearn": "auto-sklearn",
    "bayes_opt": "bayesian-optimization",
    "causalml": "CausalML",
    "cudf": "cuDF",
    "cuml": "cuML",
    "cupy": "CuPy",
    "darts": "Darts",
    "dask": "Dask",
    "dask_ml": "Dask-ML",
    "deslib": "DESlib",
    "diffusers": "Diffusers",
    "econml": "EconML",
    "eli5": "ELI5",
    "fastai": "fastai",
    "fasttext": "fastText",
    "fbprophet": "Prophet",
    "flair": "Flair",
    "flaml": "FLAML",
    "flax": "Flax",
    "gensim": "Gensim",
    "gluonts": "GluonTS",
    "gplearn": "gplearn",
    "gpytorch": "GPyTorch",
    "h2o": "H2O",
    "hdbscan": "hdbscan",
    "hmmlearn": "hmmlearn",
    "implicit": "implicit",
    "interpret": "InterpretML",
    "jax": "JAX",
    "jaxlib": "JAX",
    "keras": "Keras",
    "kmodes": "kmodes",
    "lazypredict": "LazyPredict",
    "lifelines": "lifelines",
    "lightfm": "LightFM",
    "lightning": "PyTorch Lightning",
    "mapie": "MAPIE",
    "mlflow": "MLflow",
    "mlxtend": "mlxtend",
    "modin": "Modin",
    "mxnet": "MXNet",
    "neuralprophet": "NeuralProphet",
    "ngboost": "NGBoost",
    "nltk": "NLTK",
    "onnx": "ONNX",
    "onnxruntime": "ONNX Runtime",
    "optbinning": "OptBinning",
    "optuna": "Optuna",
    "patsy": "patsy",
    "pgmpy": "pgmpy",
    "pmdarima": "pmdarima",
    "polars": "Polars",
    "pomegranate": "pomegranate",
    "prophet": "Prophet",
    "pyarrow": "PyArrow",
    "pyearth": "py-earth",
    "pymc": "PyMC",
    "pyod": "PyOD",
    "pyspark": "PySpark",
    "pytorch_lightning": "PyTorch Lightning",
    "pytorch_tabnet": "TabNet",
    "quantile_forest": "quantile-forest",
    "rgf": "RGF",
    "scikeras": "SciKeras",
    "scorecardpy": "scorecardpy",
    "sentence_transformers": "Sentence Transformers",
    "shap": "SHAP",
    "skfuzzy": "scikit-fuzzy",
    "sklearn_crfsuite": "sklearn-crfsuite",
    "sklearn_extra": "scikit-learn-extra",
    "sklearn_pandas": "sklearn-pandas",
    "sklearnex": "Intel Extension for Scikit-learn",
    "daal4py": "Intel Extension for Scikit-learn",
    "onedal": "Intel Extension for Scikit-learn",
    "sklego": "scikit-lego",
    "skmultilearn": "scikit-multilearn",
    "skopt": "scikit-optimize",
    "skorch": "skorch",
    "skrub": "skrub",
    "dirty_cat": "dirty-cat",
    "sksurv": "scikit-survival",
    "sktime": "sktime",
    "snapml": "Snap ML",
    "spacy": "spaCy",
    "statsmodels": "statsmodels",
    "surprise": "Surprise",
    "tabpfn": "TabPFN",
    "tensorflow": "TensorFlow",
    "tensorflow_probability": "TensorFlow Probability",
    "theano": "Theano",
    "tokenizers": "Tokenizers",
    "torch": "PyTorch",
    "torchvision": "PyTorch",
    "tpot": "TPOT",
    "transformers": "Transformers",
    "treelite": "Treelite",
    "tsfresh": "tsfresh",
    "tslearn": "tslearn",
    "umap": "UMAP",
    "vaex": "Vaex",
    "vowpalwabbit": "Vowpal Wabbit",
    "yellowbrick": "Yellowbrick",
}
"""Common packages whose models are not served."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OWN_CODE_PACKAGES = {"cloudpickle", "dill", "_dill"}
_OWN_CODE_NAMES = {
    ("types", "CodeType"),
    ("types", "FunctionType"),
    ("types", "LambdaType"),
    ("builtins", "code"),
    ("builtins", "function"),
    ("marshal", "loads"),
}
_DANGEROUS_MODULES = _words(
    "os posix nt ntpath posixpath sys subprocess _posixsubprocess socket _socket ssl shutil ctypes"
    " _ctypes runpy importlib imp pty code codeop timeit webbrowser http urllib ftplib smtplib"
    " telnetlib xmlrpc multiprocessing signal tempfile pathlib io _io zipfile tarfile pickle"
    " _pickle cPickle shelve dbm sqlite3 bdb pdb trace profile cProfile cffi pip setuptools"
    " distutils requests paramiko commands platform pydoc glob fileinput linecache threading"
    " _thread asyncio gc inspect ast mmap site sysconfig ensurepip venv"
)
_DANGEROUS_BUILTINS = _words(
    "eval exec compile open __import__ input breakpoint globals locals vars setattr delattr"
    " execfile file apply help memoryview exit quit"
)
_DANGEROUS_NAMES = {
    ("numpy", "load"),
    ("numpy", "save"),
    ("numpy", "loadtxt"),
    ("numpy", "genfromtxt"),
    ("numpy", "fromfile"),
    ("numpy", "memmap"),
    ("numpy", "DataSource"),
    ("numpy.testing._private.utils", "runstring"),
    ("numpy.testing._private.utils", "measure"),
    ("numpy.testing", "runstring"),
    ("joblib", "load"),
    ("joblib.numpy_pickle", "load"),
    ("pandas", "eval"),
    ("pandas", "read_pickle"),
    ("pandas.core.computation.eval", "eval"),
    ("pandas.io.pickle", "read_pickle"),
    ("torch", "load"),
    ("torch.serialization", "load"),
    ("operator", "methodcaller"),
    ("operator", "attrgetter"),
}
_DANGEROUS_PREFIXES = ("numpy.f2py", "numpy.distutils", "numpy.ctypeslib", "joblib._", "pandas.io")


class Origin(Enum):
    """Where a forbidden name comes from, in the order in which it decides what is told."""

    DANGEROUS = "reaches files, programs, the network or the interpreter"
    WRITTEN_CODE = "a function or class whose code is in the file"
    OWN = "the user's own module or notebook"
    UNSUPPORTED = "a known library that is not served"
    SUPPORTED = "a library that is served, but no name of a fitted model"
    PYTHON = "Python's standard library"
    UNKNOWN = "a package that is not known here"


def package(module: str) -> str:
    return module.partition(".")[0]


def library(module: str) -> str | None:
    """The name of the known library that `module` belongs to, served or not."""
    top = package(module)
    return SUPPORTED_PACKAGES.get(top) or UNSUPPORTED_PACKAGES.get(top)


def origin(module: str, name: str, served: frozenset[str]) -> Origin:
    """`served`: the top-level packages whose models are served."""
    top = package(module)
    if _is_dangerous(module, name, top):
        return Origin.DANGEROUS
    if top in _OWN_CODE_PACKAGES or (module, name) in _OWN_CODE_NAMES:
        return Origin.WRITTEN_CODE
    if top in ("__main__", "__mp_main__") or "<" in name:
        return Origin.OWN
    if top in served:
        return Origin.SUPPORTED
    if library(module):
        return Origin.UNSUPPORTED
    return Origin.PYTHON if top in sys.stdlib_module_names else Origin.UNKNOWN


def _is_dangerous(module: str, name: str, top: str) -> bool:
    if top in _DANGEROUS_MODULES or (module, name) in _DANGEROUS_NAMES:
        return (module, name) not in _OWN_CODE_NAMES
    if top in ("builtins", "__builtin__"):
        return name.partition(".")[0] in _DANGEROUS_BUILTINS
    return module.startswith(_DANGEROUS_PREFIXES)
