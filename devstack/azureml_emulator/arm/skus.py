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
    served: bool = True
    """Whether managed online endpoints take it; a region's list has others too."""


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
        Sku("Standard_D2as_v4", "standardDASv4Family", 2, 8),
        Sku("Standard_D4as_v4", "standardDASv4Family", 4, 16),
        Sku("Standard_D8as_v4", "standardDASv4Family", 8, 32),
        Sku("Standard_D16as_v4", "standardDASv4Family", 16, 64),
        Sku("Standard_D2s_v3", "standardDSv3Family", 2, 8, served=False),
        Sku("Standard_D4s_v3", "standardDSv3Family", 4, 16, served=False),
    )
}
PRICED = (
    *("Standard_DS1_v2", "Standard_DS2_v2", "Standard_DS3_v2", "Standard_DS4_v2"),
    *("Standard_F2s_v2", "Standard_F4s_v2"),
)
_WEST_EUROPE = (0.0679, 0.136, 0.272, 0.544, 0.097, 0.194)
_EAST_US_2 = (0.057, 0.114, 0.229, 0.458, 0.0846, 0.169)
PRICES: dict[str, dict[str, float]] = {
    region: dict(zip(PRICED, prices, strict=True))
    for region, prices in {
        "eastus": (0.073, 0.146, 0.293, 0.585, 0.0846, 0.169),
        "eastus2": _EAST_US_2,
        "westus2": _EAST_US_2,
        "westeurope": _WEST_EUROPE,
        "swedencentral": _WEST_EUROPE,
        "northeurope": (0.0658, 0.132, 0.263, 0.527, 0.096, 0.192),
        "uksouth": (0.0878, 0.176, 0.351, 0.702, 0.101, 0.202),
        "southeastasia": (0.0789, 0.158, 0.316, 0.631, 0.098, 0.196),
        "centralindia": (0.084, 0.169, 0.337, 0.675, 0.085, 0.170),
    }.items()
}
"""USD an hour by region and size: pay as you go, Linux. Other sizes' prices are not known here."""
CLUSTERS, ONLINE = ("AmlCompute", "ComputeInstance"), "MIR"
"""What takes a size, in a region's list: MIR are managed online endpoints."""
SYSTEM_DISK_MB = 1047552
DISK_MB_PER_CORE = {
    "standardDSv2Family": 7168,
    "standardFSv2Family": 8192,
    "standardESv3Family": 16384,
    "standardDASv4Family": 8192,
    "standardDSv3Family": 8192,
}
"""The temporary disk of a family's sizes grows with their cores."""
FAMILIES = sorted({sku.family for sku in SKUS.values()})


def cores_needed(sku: Sku, instances: int) -> int:
    """ceil(1.2 x instances) x cores."""
    return math.ceil(round(UPGRADE_RESERVE * instances, 6)) * sku.cores


def region_of(location: str) -> str:
    """A region's name as ARM compares it: `West Europe` is `westeurope`."""
    return location.replace(" ", "").lower()


def family_of(name: str) -> str | None:
    """The family that `name`, a size or a family, counts against."""
    sku = SKUS.get(name.lower())
    if sku is not None:
        return sku.family
    return next((family for family in FAMILIES if family.lower() == name.lower()), None)
