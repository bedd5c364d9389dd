"""What an environment version asks for: a Python version and pip requirements. Pure."""

import hashlib
from dataclasses import dataclass
from typing import Any

from devstack.azureml_emulator.serving.conda import UnsupportedEnvironment, read_conda


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
    """The recipe of an environment version's ARM properties.

    Raises UnsupportedEnvironment and UnreadableCondaFile.
    """
    if properties.get("build"):
        raise UnsupportedEnvironment("building a Docker context; use a conda file")
    if not properties.get("condaFile"):
        image = properties.get("image") or "none"
        raise UnsupportedEnvironment(f"running an image without a conda file: {image}")
    return Recipe(*read_conda(properties["condaFile"]))
