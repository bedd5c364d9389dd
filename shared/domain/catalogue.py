"""The catalogue of instance types: cores, memory, price; and the arithmetic of quota.

Prices: USD an hour, pay as you go, Linux, from the retail price list of 2026-06-18.
Upgrades reserve 20 %, so Azure asks for more cores than the instances have.
"""

import math
from dataclasses import dataclass

DEFAULT_INSTANCE_TYPE = "Standard_DS1_v2"
MAX_INSTANCES = 10
QUOTA_RESERVE = 1.2


@dataclass(frozen=True)
class InstanceType:
    name: str
    cores: int
    memory_gb: float

    def cores_of_quota(self, instances: int) -> int:
        """Cores Azure wants free for this many instances: ceil(1.2 x instances) x cores."""
        return math.ceil(round(QUOTA_RESERVE * instances, 6)) * self.cores

    def usd_per_hour(self, region: str, instances: int = 1) -> float | None:
        """None where the price of that region is not known."""
        prices = _USD_PER_HOUR.get(region)
        return None if prices is None else round(prices[_COLUMNS.index(self.name)] * instances, 4)


CATALOGUE: dict[str, InstanceType] = {
    entry.name: entry
    for entry in (
        InstanceType("Standard_DS1_v2", 1, 3.5),
        InstanceType("Standard_DS2_v2", 2, 7),
        InstanceType("Standard_DS3_v2", 4, 14),
        InstanceType("Standard_DS4_v2", 8, 28),
        InstanceType("Standard_F4s_v2", 4, 8),
    )
}
_COLUMNS = tuple(CATALOGUE)


def cheapest_first() -> list[str]:
    """The offered sizes by price, which is one order in every region."""
    prices = _USD_PER_HOUR["eastus"]
    return sorted(CATALOGUE, key=lambda name: prices[_COLUMNS.index(name)])


_USD_PER_HOUR = {
    "eastus": (0.073, 0.146, 0.293, 0.585, 0.169),
    "eastus2": (0.057, 0.114, 0.229, 0.458, 0.169),
    "westus2": (0.057, 0.114, 0.229, 0.458, 0.169),
    "westeurope": (0.0679, 0.136, 0.272, 0.544, 0.194),
    "swedencentral": (0.0679, 0.136, 0.272, 0.544, 0.194),
    "northeurope": (0.0658, 0.132, 0.263, 0.527, 0.192),
    "uksouth": (0.0878, 0.176, 0.351, 0.702, 0.202),
    "southeastasia": (0.0789, 0.158, 0.316, 0.631, 0.196),
    "centralindia": (0.084, 0.169, 0.337, 0.675, 0.170),
}
