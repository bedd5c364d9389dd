"""Conda files read as what pip installs: packages that PyPI has under the same name. Pure."""

import re
import sys

import yaml

OWN_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
"""What an environment gets that does not say; this one is certainly on the machine."""

SPEC = re.compile(r"(?:[\w./-]+::)?([A-Za-z0-9_][\w.-]*)\s*(.*)")
NOT_ON_PYPI = {
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost",
    "opencv": "opencv-python-headless",
    "pytables": "tables",
    "msgpack-python": "msgpack",
    "tensorflow-gpu": "tensorflow",
    **dict.fromkeys(("cpuonly", "cudatoolkit", "cudnn", "cuda", "pytorch-cuda", "nccl"), ""),
    **dict.fromkeys(("nomkl", "blas", "libblas", "liblapack", "openblas", "llvm-openmp"), ""),
    **dict.fromkeys(("libgcc-ng", "libstdcxx-ng", "libgomp", "gcc", "gxx", "openmpi", "mpich"), ""),
    **dict.fromkeys(("openssl", "ca-certificates", "sqlite", "readline", "ncurses", "tk"), ""),
    **dict.fromkeys(("xz", "zlib", "bzip2", "libffi", "_libgcc_mutex", "_openmp_mutex"), ""),
    **dict.fromkeys(("openjdk", "r-base", "nodejs", "ffmpeg", "git", "conda", "mamba"), ""),
}
"""Conda packages that are none of PyPI's, or another's there, with PyPI's name where it has one."""

FIRST_BUILT_FOR_NUMPY_2 = {
    "scikit-learn": (1, 4, 2),
    "pandas": (2, 2, 2),
    "scipy": (1, 13),
    "statsmodels": (0, 14, 2),
    "matplotlib": (3, 8, 4),
    "numba": (0, 60),
}


class UnsupportedEnvironment(Exception):
    """The environment asks for something that only a real image build can give."""


class UnreadableCondaFile(Exception):
    """No image could be built from this file, on Azure either."""


def read_conda(text: str) -> tuple[str, tuple[str, ...]]:
    """Python's major.minor and pip requirements.

    Raises UnsupportedEnvironment and UnreadableCondaFile.
    """
    try:
        conda = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UnreadableCondaFile(f"The conda file is not YAML: {error}") from None
    if not isinstance(conda, dict | None):
        raise UnreadableCondaFile("The conda file is no mapping with dependencies.")
    python, packages, pinned = OWN_PYTHON, list[str](), list[str]()
    for dependency in (conda or {}).get("dependencies") or []:
        if isinstance(dependency, dict):
            pinned += [str(line).strip() for line in dependency.get("pip") or []]
            continue
        name, version = _split(str(dependency))
        if name == "python":
            python = _python(version)
        elif name != "pip" or version:
            packages.append(str(dependency))
    _refuse_what_pypi_lacks(packages)
    return python, (*map(requirement, packages), *_bound_of_numpy(packages), *pinned)


def _bound_of_numpy(packages: list[str]) -> tuple[str, ...]:
    """What a conda build that is older than NumPy 2 says of it, and its wheel on PyPI does not."""
    named = [_split(spec) for spec in packages]
    if any(name == "numpy" and version for name, version in named):
        return ()
    for name, version in named:
        exact = re.fullmatch(r"={1,2}\s*(\d+(?:\.\d+)*)(?:\.\*)?(?:=.*)?", version)
        first = FIRST_BUILT_FOR_NUMPY_2.get(name)
        if exact and first and tuple(map(int, exact[1].split("."))) < first:
            return ("numpy<2",)
    return ()


def requirement(spec: str) -> str:
    """A conda match specification as pip's: `numpy=1.23` is any 1.23, its build is left out."""
    name, version = _split(spec)
    if not version:
        return name
    if version.startswith("=="):
        return f"{name}=={version[2:].partition('=')[0]}"
    if version[0] == "=":
        version = version[1:].partition("=")[0]
        return f"{name}=={version}" if version.endswith("*") else f"{name}=={version}.*"
    if version[0] in "<>!~":
        return name + version.replace(" ", "")
    return f"{name}=={version.split()[0]}"


def _split(spec: str) -> tuple[str, str]:
    found = SPEC.fullmatch(spec.strip())
    if found is None or "[" in spec or "|" in spec:
        raise UnsupportedEnvironment(f"The conda specification {spec!r} cannot be read here.")
    return found[1].lower(), found[2].strip()


def _python(version: str) -> str:
    """The first version that is named, or this machine's where only an upper end is."""
    lower = re.search(r"(?:^|[=~>]|\s)\s*(\d+\.\d+)", re.sub(r"<=?\s*[\d.]+", "", version))
    return lower[1] if lower else OWN_PYTHON


def _refuse_what_pypi_lacks(packages: list[str]) -> None:
    named = [(spec, NOT_ON_PYPI.get(_split(spec)[0])) for spec in packages]
    missing = [f"{spec} (on PyPI: {other})" if other else spec for spec, other in named if other]
    missing += [spec for spec, other in named if other == ""]
    if missing:
        raise UnsupportedEnvironment(
            "These conda packages are not on PyPI under their name and cannot be installed here:"
            f" {', '.join(missing)}."
        )
