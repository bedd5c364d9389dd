import datetime as dt
from pathlib import Path

from devstack.azureml_emulator.clock import MINUTE, Clock, floor
from devstack.azureml_emulator.store import Store


def test_the_clock_is_the_machines_until_it_is_moved_and_a_restart_keeps_it(tmp_path: Path):
    store = Store(tmp_path / "state.sqlite")
    clock = Clock(store)
    assert abs(clock.now() - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)
    clock.advance(3600)
    clock.advance(60)
    store.close()
    again = Clock(Store(tmp_path / "state.sqlite"))
    assert again.ahead_seconds == 3660
    ahead = again.now() - dt.datetime.now(dt.UTC)
    assert abs(ahead - dt.timedelta(seconds=3660)) < dt.timedelta(seconds=5)


def test_a_moment_is_rounded_down_to_the_grain():
    moment = dt.datetime(2026, 3, 1, 13, 47, 12, 5, tzinfo=dt.UTC)
    assert floor(moment, MINUTE) == dt.datetime(2026, 3, 1, 13, 47, tzinfo=dt.UTC)
    assert floor(moment, dt.timedelta(hours=6)) == dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    assert floor(moment, dt.timedelta(days=1)) == dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
