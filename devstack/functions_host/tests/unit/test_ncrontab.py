"""NCRONTAB schedules."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack.functions_host.ncrontab import ScheduleError, parse_schedule


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "moment", "following"),
    [
        ("* * * * * *", "2026-01-01T00:00:00.5", "2026-01-01T00:00:01"),
        ("0 */5 * * * *", "2026-01-01T00:03:00", "2026-01-01T00:05:00"),
        ("0 */5 * * * *", "2026-01-01T00:05:00", "2026-01-01T00:10:00"),
        ("*/5 * * * *", "2026-01-01T00:03:00", "2026-01-01T00:05:00"),
        ("0 30 9 * * 1-5", "2026-01-02T10:00:00", "2026-01-05T09:30:00"),
        ("0 30 9 * * Mon-Fri", "2026-01-02T10:00:00", "2026-01-05T09:30:00"),
        ("0 0 0 1 Jan,Jul *", "2026-01-02T00:00:00", "2026-07-01T00:00:00"),
        ("0 0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00:00"),
        ("0 0 0 * * 7", "2026-01-01T00:00:00", "2026-01-04T00:00:00"),
        ("15,45 0-10/5 23 31 12 *", "2026-12-31T23:00:15", "2026-12-31T23:00:45"),
        ("0 10/20 * * * *", "2026-01-01T00:11:00", "2026-01-01T00:30:00"),
    ],
)
def test_the_next_occurrence(schedule: str, moment: str, following: str) -> None:
    assert parse_schedule(schedule).after(at(moment)) == at(following)


@pytest.mark.parametrize(
    "schedule", ["", "* * *", "60 * * * * *", "0 0 0 0 * *", "x * * * * *", "5-1 * * * * *",
                 "*/0 * * * * *", "* * * * Foo *", "* * * * * 8"],
)  # fmt: skip
def test_a_schedule_that_makes_no_sense_is_refused(schedule: str) -> None:
    with pytest.raises(ScheduleError, match="not an NCRONTAB schedule"):
        parse_schedule(schedule)


def test_a_day_that_never_comes_is_said_and_not_searched_for_ever() -> None:
    with pytest.raises(ScheduleError, match="no such day"):
        parse_schedule("0 0 0 31 2 *").after(at("2026-01-01"))


field = st.sampled_from(["*", "*/7", "3", "1-4", "2,5"])


@given(
    st.tuples(field, field, field),
    st.datetimes(max_value=at("9000-01-01").replace(tzinfo=None), timezones=st.just(UTC)),
)
def test_the_next_occurrence_is_the_first_that_fits(
    fields: tuple[str, str, str], moment: datetime
) -> None:
    schedule = parse_schedule(" ".join([*fields, "* * *"]))
    found = schedule.after(moment)
    assert found > moment
    assert found.second in schedule.seconds
    assert found.minute in schedule.minutes
    assert found.hour in schedule.hours
    # Nothing that fits lies between: the next one after any moment before it is the same.
    assert schedule.after(found - timedelta(seconds=1)) == found
