"""How a new revision gets its traffic, and what becomes of the one that it replaces."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Percent = Annotated[int, Field(ge=1, le=99)]
Strategy = Literal["all_at_once", "canary", "shadow", "manual"]
RELEASE_EVENT = "release"
"""The external event by which a watched release is paused, resumed and aborted."""
ReleaseAction = Literal["pause", "resume", "abort"]
LONGEST_STEP_SECONDS = 7 * 24 * 3600
"""So long a step may be paused, or wait for requests."""
WATCHED: tuple[Strategy, ...] = ("canary", "shadow")
"""Strategies that look at metrics before they go on; they can be paused, resumed and aborted."""


class Release(BaseModel):
    """`release` of a deploy request. What a strategy does not use may not be sent with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    strategy: Strategy = "all_at_once"
    steps: list[Percent] = Field(
        [10, 50], min_length=1, max_length=10, description="canary: its shares, growing."
    )
    step_minutes: float = Field(
        10, gt=0, le=1440, description="canary: how long each share is watched."
    )
    minutes: float = Field(30, gt=0, le=1440, description="shadow: how long it is watched.")
    mirror_percent: int = Field(
        10, ge=1, le=50, description="shadow: the share of requests that is copied to it."
    )
    max_error_percent: float = Field(
        1, ge=0, le=100, description="More errors than this, and than the old revision has, is bad."
    )
    max_p95_ms: float | None = Field(
        None, gt=0, description="A slower answer of 95 % is bad; null compares with the old one."
    )
    min_requests: int = Field(20, ge=1, le=1_000_000, description="Fewer than these prove nothing.")
    on_silence: Literal["wait", "go_on"] = Field(
        "wait", description="What to do at the end of a step with too few requests."
    )
    on_failure: Literal["keep", "remove"] = Field(
        "remove", description="keep: the bad revision stays a day at 0 %, for its log."
    )

    @model_validator(mode="after")
    def _fitting(self) -> "Release":
        if self.steps != sorted(set(self.steps)):
            raise ValueError("steps must grow, such as [10, 50]")
        used = USED[self.strategy]
        plain = Release.model_construct()
        unused = [
            name
            for name in Release.model_fields
            if name not in used and getattr(self, name) != getattr(plain, name)
        ]
        if unused:
            raise ValueError(f"{self.strategy} does not use {', '.join(unused)}; leave it out")
        return self

    @property
    def longest_seconds(self) -> float:
        """Seconds that its steps may take together; 0 where it is not watched."""
        steps = len(self.steps) if self.strategy == "canary" else 1
        return steps * LONGEST_STEP_SECONDS if self.is_watched else 0

    @property
    def is_watched(self) -> bool:
        """Whether metrics are looked at before its next step."""
        return self.strategy in WATCHED


_LIMITS = {"max_error_percent", "max_p95_ms", "min_requests", "on_silence", "on_failure"}
USED: dict[Strategy, set[str]] = {
    "all_at_once": {"strategy"},
    "manual": {"strategy"},
    "canary": {"strategy", "steps", "step_minutes", *_LIMITS},
    "shadow": {"strategy", "minutes", "mirror_percent", *_LIMITS},
}
"""Strategy to the fields that it uses."""


class Autoscale(BaseModel):
    """`autoscale` of a deploy request: the cloud changes the instance count by the load."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min: int = Field(1, strict=True, ge=1, le=10)
    max: int = Field(strict=True, ge=1, le=10)
    cpu_percent: int = Field(
        70, ge=10, le=95, description="Busier than this for five minutes: one instance more."
    )
    scale_in_cooldown_minutes: int = Field(
        10, ge=1, le=1440, description="Time between one instance less and the next."
    )

    @model_validator(mode="after")
    def _ordered(self) -> "Autoscale":
        if self.min > self.max:
            raise ValueError(f"min {self.min} is more than max {self.max}")
        return self

    def within(self, instances: int) -> int:
        """The nearest number of instances that it allows."""
        return min(max(instances, self.min), self.max)

    @property
    def scale_in_percent(self) -> int:
        """Idler than this for five minutes: one instance less. Half of cpu_percent, because one
        instance has twice the load of two, which would have it made two again.
        """
        return self.cpu_percent // 2
