"""The sizes on offer with today's price and quota, asked of Azure ML seldom, whoever looks."""

import threading
import time

import structlog

from shared.domain.offer import SizeOffers, offer
from shared.errors import TransientError
from shared.errors.serving import ServingRefused
from shared.ports.serving_target import ServingTarget
from shared.ports.sizes import Sizes

log = structlog.get_logger()

FRESH_SECONDS = 30
"""Dialogs are opened often, and Azure ML throttles a subscription's readers."""


class OfferedSizes:
    """One a process, shared by threads: one of them asks, the others wait for its answer."""

    def __init__(self, target: ServingTarget, sizes: Sizes) -> None:
        self._target, self._sizes = target, sizes
        self._turn = threading.Lock()
        self._known: SizeOffers | None = None
        self._asked_at = float("-inf")

    def offers(self, wait_seconds: float) -> SizeOffers:
        """The sizes with price and quota, at most FRESH_SECONDS old.

        Where another thread asks for longer than `wait_seconds`, what was known before, or the
        sizes without price and quota.
        """
        if not self._turn.acquire(timeout=max(0, wait_seconds)):
            return self._known or self._away()
        try:
            if self._known is None or time.monotonic() - self._asked_at > FRESH_SECONDS:
                self._known = self._asked()
                self._asked_at = time.monotonic()
            return self._known
        finally:
            self._turn.release()

    def _asked(self) -> SizeOffers:
        """As the cloud has them now; without price and quota where it does not answer."""
        sizes = self._sizes.all()
        try:
            location = self._target.preflight.workspace().location
            quotas = {
                quota.instance_type: quota for quota in self._target.preflight.quotas(tuple(sizes))
            }
        except (TransientError, ServingRefused) as error:
            log.warning("quota_not_read", code=error.code)
            return self._away()
        found = [offer(size, location, quotas.get(name)) for name, size in sizes.items()]
        return SizeOffers(location=location, instance_types=found)

    def _away(self) -> SizeOffers:
        sizes = self._sizes.all().values()
        return SizeOffers(location=None, instance_types=[offer(s, None, None) for s in sizes])
