"""The port to the instance types that may be deployed."""

from typing import Protocol

from shared.domain.catalogue import CATALOGUE, Catalogue, InstanceType
from shared.errors.requests import InstanceTypeUnknown


class Sizes(Protocol):
    """The sizes on offer."""

    def all(self) -> Catalogue:
        """All of them, by name."""
        ...

    def named(self, name: str) -> InstanceType:
        """Raises InstanceTypeUnknown where it is not on offer."""
        ...


class ReleasedSizes:
    """The release's own catalogue, for programs without a database."""

    def all(self) -> Catalogue:
        return CATALOGUE

    def named(self, name: str) -> InstanceType:
        return named(name, CATALOGUE)


def named(name: str, sizes: Catalogue) -> InstanceType:
    """The size of this name. Raises InstanceTypeUnknown."""
    if name not in sizes:
        raise InstanceTypeUnknown(name, list(sizes))
    return sizes[name]
