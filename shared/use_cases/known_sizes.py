"""The instance types as the database has them: renewed by a timer, read seldom."""

import threading
import time
from collections.abc import Callable

import structlog

from shared.domain.catalogue import CATALOGUE, Catalogue, InstanceType
from shared.errors import SlipwayError
from shared.ports.records import Records
from shared.ports.serving_target import ServingTarget
from shared.ports.sizes import named

log = structlog.get_logger()

FRESH_SECONDS = 300
"""A timer writes the table four times a day."""
MISSED_SECONDS = 10
"""A name that is not known is looked for again, but not more often than this."""


class KnownSizes:
    """The port Sizes. One a process, shared by threads: one of them reads, the others wait."""

    def __init__(self, read: Callable[[], Catalogue]) -> None:
        """`read`: Records.instance_types."""
        self._read = read
        self._turn = threading.Lock()
        self._known, self._read_at = CATALOGUE, float("-inf")

    def all(self) -> Catalogue:
        """At most FRESH_SECONDS old; what was known before, at first the release's own, while the
        database is away or has none.
        """
        return self._sizes(FRESH_SECONDS)

    def named(self, name: str) -> InstanceType:
        """The size of this name. A name that is not known is looked for in the database again.

        Raises InstanceTypeUnknown.
        """
        sizes = self.all()
        return named(name, sizes if name in sizes else self._sizes(MISSED_SECONDS))

    def _sizes(self, seconds: float) -> Catalogue:
        with self._turn:
            if time.monotonic() - self._read_at > seconds:
                try:
                    self._known = self._read() or self._known
                except SlipwayError as error:
                    log.warning("sizes_not_read", code=error.code)
                self._read_at = time.monotonic()
            return self._known


def refresh_sizes(target: ServingTarget, records: Records) -> int:
    """Write which sizes the workspace's region offers into the database; how many are on offer.

    A size of a retiring family says so, and names its successor. Errors as Preflight's and
    Records'.
    """
    region = target.preflight.workspace().location
    found = Catalogue(target.preflight.instance_types()).with_successors()
    return records.keep_instance_types(region, list(found.values()))
