"""The virtual machine sizes that are known, and the quota they count against. Pure."""

import math
from dataclasses import dataclass

DEFAULT_LIMIT_CORES = 100
UPGRADE_RESERVE = 1.2
"""Azure keeps a fifth more instances than asked for, to upgrade machines without a gap."""


@dataclass(frozen=True)
class Sku:
    name: str
    family: str
    cores: int
    memory_gb: float


SKUS = {
    sku.name.lower(): sku
    for sku in (
        Sku("Standard_DS1_v2", "standardDSv2Family", 1, 3.5),
        Sku("Standard_DS2_v2", "standardDSv2Family", 2, 7),
        Sku("Standard_DS3_v2", "standardDSv2Family", 4, 14),
        Sku("Standard_DS4_v2", "standardDSv2Family", 8, 28),
        Sku("Standard_DS5_v2", "standardDSv2Family", 16, 56),
        Sku("Standard_F2s_v2", "standardFSv2Family", 2, 4),
        Sku("Standard_F4s_v2", "standardFSv2Family", 4, 8),
        Sku("Standard_F8s_v2", "standardFSv2Family", 8, 16),
        Sku("Standard_F16s_v2", "standardFSv2Family", 16, 32),
        Sku("Standard_E2s_v3", "standardESv3Family", 2, 16),
        Sku("Standard_E4s_v3", "standardESv3Family", 4, 32),
    )
}
FAMILIES = sorted({sku.family for sku in SKUS.values()})


def cores_needed(sku: Sku, instances: int) -> int:
    """ceil(1.2 x instances) x cores."""
    return math.ceil(round(UPGRADE_RESERVE * instances, 6)) * sku.cores


def family_of(name: str) -> str | None:
    """The family that `name`, a size or a family, counts against."""
    sku = SKUS.get(name.lower())
    if sku is not None:
        return sku.family
    return next((family for family in FAMILIES if family.lower() == name.lower()), None)
