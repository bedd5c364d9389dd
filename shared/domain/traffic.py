"""Who gets which share of an endpoint's requests, and the rules that clouds have for it."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

MAX_MIRROR = 50
Share = Annotated[int, Field(strict=True, ge=0, le=100)]


class TrafficSplit(BaseModel):
    """Deployment name to percentage. Names know no case; a deployment without a share has none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    traffic: dict[str, Share] = Field(
        max_length=20, description="Sums to 100, or to 0: then nobody serves."
    )
    mirror: dict[str, Share] = Field(
        default_factory=dict,
        max_length=20,
        description=f"Copies to one deployment without live traffic, at most {MAX_MIRROR} %.",
    )

    @model_validator(mode="after")
    def _legal(self) -> "TrafficSplit":
        for shares in (self.traffic, self.mirror):
            if len({name.lower() for name in shares}) < len(shares):
                raise ValueError("a name stands twice, in other letters; names know no case")
        total = sum(self.traffic.values())
        if total not in (0, 100):
            raise ValueError(f"traffic sums to {total}; it must sum to 100, or to 0")
        mirrored = {name: share for name, share in self.mirror.items() if share}
        if len(mirrored) > 1:
            raise ValueError(f"mirror names {len(mirrored)} deployments; one can be mirrored to")
        for name, share in mirrored.items():
            if share > MAX_MIRROR:
                raise ValueError(f"mirror to {name} is {share} %; at most {MAX_MIRROR} is possible")
            if carrying(self.traffic).get(name.lower()):
                raise ValueError(f"{name} has live traffic; mirror to one that has none")
        return self

    @property
    def names(self) -> list[str]:
        """Every deployment that gets something, traffic first."""
        given = [*self.traffic.items(), *self.mirror.items()]
        return [name for name, share in given if share]

    def same_as(self, other: "TrafficSplit") -> bool:
        """Whether traffic and mirror are the same; names know no case."""
        return (carrying(self.traffic), carrying(self.mirror)) == (
            carrying(other.traffic),
            carrying(other.mirror),
        )


def carrying(shares: Mapping[str, int]) -> dict[str, int]:
    """Lower-case name to percentage, without those at zero."""
    return {name.lower(): share for name, share in shares.items() if share}


def everything(traffic: Mapping[str, int]) -> str | None:
    """The one deployment that has all the traffic, in lower case; None while it is split."""
    shares = carrying(traffic)
    return next((name for name, share in shares.items() if share == 100), None)


def as_written(shares: Mapping[str, int], names: Iterable[str]) -> dict[str, int]:
    """The shares above 0 under names as they are written in `names`; any other name stays."""
    written = {name.lower(): name for name in names}
    return {written.get(name.lower(), name): share for name, share in shares.items() if share}


def in_proportion(shares: Mapping[str, int], whole: int = 100) -> dict[str, int]:
    """The shares scaled to sum to `whole`, rounded down; what that leaves goes to the largest.

    One of the shares must be above 0.
    """
    total = sum(shares.values())
    scaled = {name: share * whole // total for name, share in shares.items()}
    largest = max(scaled, key=lambda name: scaled[name])
    scaled[largest] += whole - sum(scaled.values())
    return scaled
