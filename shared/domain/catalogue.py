"""The catalogue of instance types: cores, memory, family, price, retirement; quota's arithmetic.

catalogue.csv is what a release knows, and the seed of the table `instance_types`, which a timer
keeps up with what the workspace's region offers. Prices: USD an hour, pay as you go, Linux.
Upgrades reserve 20 %, so Azure asks for more cores than the instances have.
"""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

FILE = Path(__file__).with_name("catalogue.csv")
FACTS = ("name", "cores", "memory_gb", "family", "retires_on", "successor", "is_default")
"""Columns of the file; every other one is a region's price."""
RETIRING = {"standardLSv2Family": date(2028, 11, 15)}
"""Family to the day on which Azure takes it away, for those of which the file has no size."""
MAX_INSTANCES = 10
"""Of one deployment."""
QUOTA_RESERVE = 1.2
"""Azure wants so many times the cores of the instances, for upgrades."""


class InstanceType(BaseModel):
    """A size of machine, as a row of `instance_types`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    cores: int = Field(ge=1)
    memory_gb: float = Field(gt=0)
    family: str
    """Sizes of a family share one quota; as the cloud names it."""
    retires_on: date | None = None
    successor: str | None = None
    """The size to move to; not always one that the region offers already."""
    is_default: bool = False
    prices: dict[str, float] = Field(default_factory=dict)
    """By region; see usd_per_hour."""

    def cores_of_quota(self, instances: int) -> int:
        """Cores Azure wants free for this many instances: ceil(1.2 x instances) x cores."""
        return math.ceil(round(QUOTA_RESERVE * instances, 6)) * self.cores

    def usd_per_hour(self, region: str | None, instances: int = 1) -> float | None:
        """USD an hour, to 4 digits; None where the price of that region is not known."""
        price = self.prices.get(region or "")
        return None if price is None else round(price * instances, 4)


class Catalogue(Mapping[str, InstanceType]):
    """Instance types by name, in the order in which they are offered."""

    def __init__(self, sizes: Iterable[InstanceType]) -> None:
        self._sizes = {size.name: size for size in sizes}

    def __getitem__(self, name: str) -> InstanceType:
        return self._sizes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sizes)

    def __len__(self) -> int:
        return len(self._sizes)

    def cheapest_first(self, region: str | None = None) -> list[str]:
        """Names by the region's price, else by the lowest of any; those without a price are last.

        At the same price, by cores and then by name.
        """

        def price(size: InstanceType) -> tuple[float, int, str]:
            known = size.usd_per_hour(region)
            lowest = min(size.prices.values(), default=math.inf)
            return (lowest if known is None else known, size.cores, size.name)

        return [size.name for size in sorted(self.values(), key=price)]

    def with_successors(self) -> "Catalogue":
        """The same sizes; those of a retiring family say when it goes and which size follows.

        The family's date is that of the release's catalogue. The successor is the cheapest size
        that stays and has at least as many cores and as much memory, else what was proposed.
        """
        leaving = RETIRING | {
            size.family: size.retires_on for size in CATALOGUE.values() if size.retires_on
        }
        order = self.cheapest_first()
        staying = [self[name] for name in order if self[name].family not in leaving]

        def judged(size: InstanceType) -> InstanceType:
            if size.family not in leaving:
                return size
            larger = (
                each.name
                for each in staying
                if each.cores >= size.cores and each.memory_gb >= size.memory_gb
            )
            proposed = CATALOGUE[size.name].successor if size.name in CATALOGUE else None
            successor = proposed if proposed in self else next(larger, proposed)
            return size.model_copy(
                update={"retires_on": leaving[size.family], "successor": successor}
            )

        return Catalogue(judged(size) for size in self.values())


def read_catalogue(file: Path = FILE) -> Catalogue:
    """The catalogue in a CSV file: its columns are FACTS, and a price in USD an hour a region."""
    with file.open(encoding="utf-8", newline="") as lines:
        return Catalogue(_size(row) for row in csv.DictReader(lines))


def _size(row: dict[str, str]) -> InstanceType:
    facts = {name: row[name] or None for name in FACTS if name != "is_default"}
    prices = {name: price for name, price in row.items() if name not in FACTS and price}
    return InstanceType.model_validate(
        {**facts, "is_default": bool(row["is_default"]), "prices": prices}
    )


CATALOGUE = read_catalogue()
"""What this release knows."""
DEFAULT_INSTANCE_TYPE = next(size.name for size in CATALOGUE.values() if size.is_default)
