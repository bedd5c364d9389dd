"""NCRONTAB schedules, pure: six fields, `{second} {minute} {hour} {day} {month} {day of week}`.

Five fields mean second 0. All times are UTC.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_HORIZON = timedelta(days=366 * 8)  # a 29 February may be that far away


class ScheduleError(Exception):
    """A schedule that cannot be read."""

    def __init__(self, schedule: str, reason: str) -> None:
        super().__init__(
            f"'{schedule}' is not an NCRONTAB schedule ({reason}). Example: '0 */5 * * * *' is "
            "every five minutes."
        )


@dataclass(frozen=True)
class Schedule:
    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]

    def after(self, moment: datetime) -> datetime:
        """The first occurrence later than `moment`. Raises ScheduleError if there is none."""
        t = moment.replace(microsecond=0) + timedelta(seconds=1)
        limit = t + _HORIZON
        while t < limit:
            if t.month not in self.months or not self._has_day(t):
                t = (t + timedelta(days=1)).replace(hour=0, minute=0, second=0)
            elif t.hour not in self.hours:
                t = (t + timedelta(hours=1)).replace(minute=0, second=0)
            elif t.minute not in self.minutes:
                t = (t + timedelta(minutes=1)).replace(second=0)
            elif t.second not in self.seconds:
                t += timedelta(seconds=1)
            else:
                return t
        raise ScheduleError("the schedule", "no such day exists")

    def _has_day(self, t: datetime) -> bool:
        return t.day in self.days and (t.isoweekday() % 7) in self.weekdays


def parse_schedule(text: str) -> Schedule:
    """Raises ScheduleError."""
    fields = text.split()
    if len(fields) == 5:
        fields.insert(0, "0")
    if len(fields) != 6:
        raise ScheduleError(text, f"it has {len(fields)} fields")
    second, minute, hour, day, month, weekday = fields
    return Schedule(
        seconds=_field(text, second, 0, 59),
        minutes=_field(text, minute, 0, 59),
        hours=_field(text, hour, 0, 23),
        days=_field(text, day, 1, 31),
        months=_field(text, month, 1, 12, _MONTHS, 1),
        weekdays=frozenset(d % 7 for d in _field(text, weekday, 0, 7, _DAYS, 0)),
    )


def _field(
    schedule: str, text: str, low: int, high: int, names: list[str] | None = None, first: int = 0
) -> frozenset[int]:
    def number(word: str) -> int:
        short = word.lower()[:3]
        if names and short in names:
            return names.index(short) + first
        if not word.isdigit() or not low <= int(word) <= high:
            raise ScheduleError(schedule, f"'{word}' is not between {low} and {high}")
        return int(word)

    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        if slash and (not step.isdigit() or int(step) == 0):
            raise ScheduleError(schedule, f"'{part}' has no valid step")
        if span == "*":
            start, end = low, high
        elif "-" in span:
            left, _, right = span.partition("-")
            start, end = number(left), number(right)
        else:
            start = number(span)
            end = high if slash else start
        if start > end:
            raise ScheduleError(schedule, f"'{part}' runs backwards")
        found.update(range(start, end + 1, int(step) if slash else 1))
    return frozenset(found)
