"""When an autoscale setting changes a count, and to what. Pure: what is measured is an argument."""

import datetime as dt
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "Equals": operator.eq,
    "NotEquals": operator.ne,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqual": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqual": operator.le,
}


class Capacity(BaseModel):
    """Text in the service's JSON."""

    minimum: int
    maximum: int
    default: int


class Trigger(BaseModel, populate_by_name=True):
    metric: str = Field(alias="metricName")
    resource: str = Field(alias="metricResourceUri")
    grain: dt.timedelta = Field(alias="timeGrain")
    statistic: str
    window: dt.timedelta = Field(alias="timeWindow")
    aggregation: str = Field(alias="timeAggregation")
    operator: str
    threshold: float
    per_instance: bool = Field(False, alias="dividePerInstance")
    dimensions: list[dict[str, object]] = []

    def holds(self, value: float) -> bool:
        return OPERATORS[self.operator](value, self.threshold)


class Action(BaseModel):
    direction: Literal["Increase", "Decrease"]
    type: str
    value: int
    cooldown: dt.timedelta

    def applied_to(self, count: int) -> int:
        """The count after this action, limits not regarded."""
        if self.type == "ExactCount":
            return self.value
        step = self.value
        if self.type == "PercentChangeCount":
            step = max(1, math.floor(count * self.value / 100))
        return count + step if self.direction == "Increase" else count - step


class Rule(BaseModel, populate_by_name=True):
    trigger: Trigger = Field(alias="metricTrigger")
    action: Action = Field(alias="scaleAction")

    @property
    def increases(self) -> bool:
        return self.action.direction == "Increase"


class Profile(BaseModel):
    name: str
    capacity: Capacity
    rules: list[Rule]


class Rest(BaseModel):
    """Until when the last action keeps the setting from the next."""

    until: dt.datetime


@dataclass(frozen=True)
class Decision:
    """`cooldown` None: this change is no rule's, and nothing rests after it."""

    count: int
    reason: str
    cooldown: dt.timedelta | None = None


Measured = Callable[[Trigger, int], float | None]
"""The trigger's value with so many instances; None where there is no data."""


def decide(
    profile: Profile, count: int, now: dt.datetime, rest: Rest | None, measured: Measured
) -> Decision | None:
    """The change that is due, None for none."""
    capacity = profile.capacity
    inside = min(max(count, capacity.minimum), capacity.maximum)
    if inside != count:
        return Decision(inside, f"{count} is outside {capacity.minimum} to {capacity.maximum}")
    values = [(rule, measured(rule.trigger, count)) for rule in profile.rules]
    missing = [rule for rule, value in values if value is None]
    if missing and count < capacity.default:
        return Decision(capacity.default, f"{missing[0].trigger.metric} has no data")
    if rest is not None and now < rest.until:
        return None
    return _scale_out(capacity, count, values) or _scale_in(capacity, count, values)


def _fires(rule: Rule, value: float | None) -> bool:
    return value is not None and rule.trigger.holds(value)


def _scale_out(
    capacity: Capacity, count: int, values: list[tuple[Rule, float | None]]
) -> Decision | None:
    """Any rule is enough; of several the largest result wins."""
    fired = [rule for rule, value in values if rule.increases and _fires(rule, value)]
    if not fired:
        return None
    winner = max(fired, key=lambda rule: rule.action.applied_to(count))
    wanted = min(winner.action.applied_to(count), capacity.maximum)
    if wanted <= count:
        return None
    return Decision(wanted, f"{winner.trigger.metric} asks for more", winner.action.cooldown)


def _scale_in(
    capacity: Capacity, count: int, values: list[tuple[Rule, float | None]]
) -> Decision | None:
    """All rules must agree; the smallest step wins, unless it would scale out again at once."""
    rules = [(rule, value) for rule, value in values if not rule.increases]
    if not rules or not all(_fires(rule, value) for rule, value in rules):
        return None
    winner = max((rule for rule, _ in rules), key=lambda rule: rule.action.applied_to(count))
    wanted = max(winner.action.applied_to(count), capacity.minimum)
    if wanted >= count or _would_flap(count, wanted, values):
        return None
    return Decision(wanted, f"{winner.trigger.metric} asks for less", winner.action.cooldown)


def _would_flap(count: int, wanted: int, values: list[tuple[Rule, float | None]]) -> bool:
    """Whether the same load on fewer instances would fire a rule that scales out."""
    return any(
        rule.trigger.holds(value * count / max(1, wanted))
        for rule, value in values
        if rule.increases and value is not None
    )
