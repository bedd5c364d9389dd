"""Packages in exact versions: what a sandbox's environment holds, and what an endpoint's does."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.adapters.conversion.environments.pins import digest, merged, pins, version_in
from shared.domain.model import SERVING_IMAGE, SERVING_PYTHON


@dataclass(frozen=True)
class PinnedSet:
    """Packages in exact versions, with which a model is converted and served."""

    pins: tuple[str, ...]
    """name==version, sorted: what loading and predicting need."""
    declared: tuple[str, ...] = ()
    """What these packages ask for beyond that; installed at the endpoint, where pip resolves."""
    libraries: tuple[str, ...] = ()
    """Packages besides scikit-learn whose versions are worth telling."""

    def conversion_requirements(self) -> list[str]:
        """What the sandbox's environment holds."""
        return list(self.pins)

    def serving_requirements(self) -> list[str]:
        """Every package of the endpoint's environment."""
        return merged(pins()["server"], self.declared, self.pins)

    @property
    def environment_name(self) -> str:
        """Legal in Azure ML; equal image and pins have one name, so that it is built once."""
        return environment_name(self.serving_requirements())

    @property
    def told(self) -> str:
        """For the timeline: "scikit-learn 1.4.2 with numpy 2.0.2, pandas 2.2.3"."""
        others = ["numpy", "pandas", *self.libraries]
        told = ", ".join(f"{name} {version_in(self.pins, name)}" for name in others)
        return f"scikit-learn {version_in(self.pins, 'scikit-learn')} with {told}"


def environment_name(requirements: Sequence[str]) -> str:
    """The name of the Azure ML environment that holds these requirements on our image."""
    return f"slipway-serving-{digest([SERVING_IMAGE, f'python=={SERVING_PYTHON}', *requirements])}"
