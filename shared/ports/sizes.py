"""The instance types that may be deployed."""

from typing import Protocol

from shared.domain.catalogue import CATALOGUE, Catalogue, InstanceType
from shared.errors.requests import InstanceTypeUnknown


class Sizes(Protocol):
    def all(self) -> Catalogue: ...

    def named(self, name: str) -> InstanceType:
        """InstanceTypeUnknown where it is not on offer."""
        ...


class ReleasedSizes:
    """The release's own catalogue: for whoever has no database."""

    def all(self) -> Catalogue:
        return CATALOGUE

    def named(self, name: str) -> InstanceType:
        return named(name, CATALOGUE)


def named(name: str, sizes: Catalogue) -> InstanceType:
    """Raises InstanceTypeUnknown."""
    if name not in sizes:
        raise InstanceTypeUnknown(name, list(sizes))
    return sizes[name]
