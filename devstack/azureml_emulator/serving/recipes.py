"""What an environment version asks for: a Python version and pip requirements. Pure."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from devstack.azureml_emulator.serving.conda import UnsupportedEnvironment, read_conda

SERVER_NAME = "azureml-inference-server-http"
ANY_SERVER = f"{SERVER_NAME}!=1.3.*"
"""Whichever goes with the other requirements; 1.3 imports what none of its own brings."""
INFERENCE_IMAGE = re.compile(r"mcr\.microsoft\.com/azureml/[\w.-]+-inference(?::[\w.-]+)?$")
"""Microsoft's images for inference bring the server; a conda file on top need not name it."""


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
    python, requirements = read_conda(properties["condaFile"])
    if INFERENCE_IMAGE.match(properties.get("image") or "") and not has_server(requirements):
        requirements = (*requirements, ANY_SERVER)
    return Recipe(python, requirements)


def has_server(requirements: tuple[str, ...]) -> bool:
    return bool({name_of(one) for one in requirements} & {SERVER_NAME, "azureml-defaults"})


def name_of(requirement: str) -> str:
    return re.split(r"[\s\[<>=!~;@]", requirement, maxsplit=1)[0].lower().replace("_", "-")
