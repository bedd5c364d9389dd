"""Threads for handlers, which wait for Supabase and Azure ML.

They are the app's own: a request's time counts from its arrival, not from when a thread of the
host's pool, which activities may hold for minutes, is free.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from shared.domain.deadline import Deadline

T = TypeVar("T")

THREADS = 48
"""Requests at work at once; with the activities, no more than connections to Supabase."""
_threads = ThreadPoolExecutor(THREADS, "request")


async def in_thread(work: Callable[[Deadline], T], deadline: Deadline) -> T:
    """Do `work(deadline)` in a thread; what it returns.

    If no thread is free before the deadline, the work is called here with a deadline that has
    passed, which it answers with TooBusy. Work that has begun is waited for to its end, however
    long: it alone knows what it has done.
    """
    queued = _threads.submit(work, deadline)
    running = asyncio.wrap_future(queued)
    done, _ = await asyncio.wait([running], timeout=deadline.left)
    if not done and queued.cancel():
        return work(Deadline.after(0))
    return await running
