"""The catalogue of instance types: cores, memory, price; and the arithmetic of quota.

Prices: USD an hour, pay as you go, Linux, from the retail price list of 2026-06-18.
Upgrades reserve 20 %, so Azure asks for more cores than the instances have.
"""

import math
from dataclasses import dataclass

QUOTA_RESERVE = 1.2


@dataclass(frozen=True)
class InstanceType:
    name: str
    cores: int
    memory_gb: float
    usd_per_hour: dict[str, float]

    def cores_of_quota(self, instances: int) -> int:
        """Cores Azure wants free for this many instances: ceil(1.2 x instances) x cores."""
        return math.ceil(round(QUOTA_RESERVE * instances, 6)) * self.cores

    def cost_per_hour(self, region: str, instances: int = 1) -> float | None:
        """USD; None where the price of that region is not known."""
        price = self.usd_per_hour.get(region)
        return None if price is None else round(price * instances, 4)


_STD = "Standard_"
_REGIONS = (
    ("eastus",), ("eastus2", "westus2"), ("westeurope", "swedencentral"), ("northeurope",),
    ("uksouth",), ("southeastasia",), ("centralindia",),
)  # fmt: skip


def _p(*per_group: float) -> dict[str, float]:
    return {
        region: price for group, price in zip(_REGIONS, per_group, strict=True) for region in group
    }


CATALOGUE: dict[str, InstanceType] = {
    entry.name: entry
    for entry in (
        InstanceType(_STD + "DS1_v2", 1, 3.5, _p(0.073, 0.057, 0.0679, 0.0658, 0.0878, 0.0789, 0.084)),
        InstanceType(_STD + "DS2_v2", 2, 7, _p(0.146, 0.114, 0.136, 0.132, 0.176, 0.158, 0.169)),
        InstanceType(_STD + "DS3_v2", 4, 14, _p(0.293, 0.229, 0.272, 0.263, 0.351, 0.316, 0.337)),
        InstanceType(_STD + "DS4_v2", 8, 28, _p(0.585, 0.458, 0.544, 0.527, 0.702, 0.631, 0.675)),
        InstanceType(_STD + "F4s_v2", 4, 8, _p(0.169, 0.169, 0.194, 0.192, 0.202, 0.196, 0.170)),
    )
}  # fmt: skip
DEFAULT_INSTANCE_TYPE = "Standard_DS1_v2"
MAX_INSTANCES = 10
