"""The clock that metrics and autoscale follow: the machine's, moved ahead as far as tests say."""

import datetime as dt

from pydantic import BaseModel

from devstack.azureml_emulator.store import Collection, Store

MINUTE = dt.timedelta(minutes=1)


class Ahead(BaseModel):
    seconds: float = 0


class Clock:
    """How far it is ahead of the machine's clock is kept with the state. It never goes back."""

    def __init__(self, store: Store) -> None:
        self._kept = Collection(store, "clock", Ahead)
        self.ahead_seconds = (self._kept.get("clock") or Ahead()).seconds

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self.ahead_seconds)

    def minute(self) -> dt.datetime:
        return floor(self.now(), MINUTE)

    def advance(self, seconds: float) -> None:
        self.ahead_seconds += seconds
        self._kept.put("clock", Ahead(seconds=self.ahead_seconds))


def floor(moment: dt.datetime, grain: dt.timedelta) -> dt.datetime:
    """The last multiple of `grain`, counted from midnight UTC of day one, at or before `moment`."""
    since = moment - dt.datetime.min.replace(tzinfo=dt.UTC)
    return moment - since % grain
