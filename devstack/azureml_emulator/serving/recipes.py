"""What an environment version asks for: a Python version and pip requirements. Pure."""

import hashlib
import sys
from dataclasses import dataclass
from typing import Any

import yaml

OWN_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
"""What an environment gets that does not say; this one is certainly on the machine."""


class UnsupportedEnvironment(Exception):
    """The environment asks for something that only a real image build can give."""


@dataclass(frozen=True)
class Recipe:
    """`python` is major.minor: a machine has one patch level of each, images have any."""

    python: str
    requirements: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Names the built environment; equal pins in any order are one environment."""
        text = "\n".join([self.python, *sorted(self.requirements)])
        return hashlib.sha256(text.encode()).hexdigest()[:24]


def read_recipe(properties: dict[str, Any]) -> Recipe:
    """The recipe of an environment version's ARM properties; without a conda file it is empty."""
    if properties.get("build"):
        raise UnsupportedEnvironment(
            "Docker build contexts cannot be built here; use a conda file."
        )
    if not properties.get("condaFile"):
        return Recipe(OWN_PYTHON, ())
    try:
        conda = yaml.safe_load(properties["condaFile"])
    except yaml.YAMLError as error:
        raise UnsupportedEnvironment(f"The conda file is not YAML: {error}") from None
    python, requirements = OWN_PYTHON, list[str]()
    for dependency in (conda or {}).get("dependencies") or []:
        if isinstance(dependency, dict):
            requirements += [str(line) for line in dependency.get("pip") or []]
            continue
        name, _, version = str(dependency).replace("==", "=").partition("=")
        if name.strip() == "python":
            python = ".".join(version.strip(" .*").split(".")[:2]) or OWN_PYTHON
        elif name.strip() != "pip":
            raise UnsupportedEnvironment(
                f"Conda package {dependency!r} cannot be installed here; use the pip section."
            )
    return Recipe(python, tuple(line.strip() for line in requirements))
