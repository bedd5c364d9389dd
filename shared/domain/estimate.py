"""What a deployment would cost, need and take, before it is asked for."""

from collections.abc import Iterable

from pydantic import BaseModel, Field

from shared.domain.catalogue import Catalogue, InstanceType

HOURS_A_MONTH = 730
SYSTEM_MB = 500
"""What the image's server and the machine itself need."""
LIBRARIES_MB = 250
"""What a worker needs before it has loaded any model."""
FILE_FACTOR = 3
"""A model that was not measured counts as so many times its file: files are often compressed."""


class EstimateFacts(BaseModel):
    """What the database knows of a model, and of the runs that there were."""

    file_bytes: int | None = None
    memory_mb: int | None = None
    """Measured when the file, as it is now, was converted: libraries and model."""
    typical_seconds: dict[str, float] = Field(default_factory=dict)
    """By phase: the median of the last runs, whoever's."""

    @property
    def worker_mb(self) -> float | None:
        """What one of an instance's workers needs; None where nothing is known."""
        if self.memory_mb is not None:
            return self.memory_mb
        if self.file_bytes is None:
            return None
        return LIBRARIES_MB + FILE_FACTOR * self.file_bytes / (1 << 20)


class Estimate(BaseModel):
    """The reply of POST /deployments/estimate."""

    usd_per_hour: float | None = Field(
        description="All instances, pay as you go; null where the region's price is not known."
    )
    usd_per_month: float | None = Field(description=f"The same for {HOURS_A_MONTH} hours.")
    usd_per_hour_at_max: float | None = Field(
        description="With as many instances as it may be scaled to."
    )
    cores_needed: int = Field(description="Of quota, for the most instances, reserve included.")
    cores_left: int | None = Field(description="Null where Azure ML does not tell.")
    fits: bool | None = Field(
        description="Whether the model fits into an instance's memory, one worker a core: as "
        f"measured when it was converted, else {FILE_FACTOR} times its file; null where the file "
        "is not known."
    )
    better_fit: str | None = Field(
        description="A size that has room where the one asked for has not, or that is cheaper and "
        "has room too; null where there is none."
    )
    typical_seconds: dict[str, float] = Field(
        description="By phase: the median of the last runs here; a phase that never ran is absent."
    )


def has_memory(size: InstanceType, worker_mb: float | None) -> bool | None:
    """Whether an instance holds the model: each core has a worker, which needs `worker_mb` MB.

    None where `worker_mb` is None.
    """
    if worker_mb is None:
        return None
    return SYSTEM_MB + size.cores * worker_mb <= size.memory_gb * 1024


def better_fit(
    asked: InstanceType,
    sizes: Catalogue,
    rooms: Iterable[str],
    worker_mb: float | None,
    region: str | None,
) -> str | None:
    """The cheapest size that has room for the deployment, where it is not the size asked for.

    `rooms`: the sizes whose quota suffices. None where no size has room, and, where `worker_mb` is
    None, as long as the size asked for has quota.
    """
    having = set(rooms)
    enough = asked.name in having and has_memory(asked, worker_mb) is not False
    if enough and worker_mb is None:
        return None
    for name in sizes.cheapest_first(region):
        if name == asked.name:
            if enough:
                return None
        elif name in having and has_memory(sizes[name], worker_mb) is not False:
            return name
    return None
