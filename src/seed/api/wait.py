"""Wait for a change without holding one of the server's threads: any number of clients may wait at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from seed.work.world import World

LOOK_SECONDS = 0.05
LOOK_AGAIN_SECONDS = 5.0


async def until(world: World, topic: str, seconds: float, holds: Callable[[], bool]) -> None:
    """Returns when `holds()`, after `seconds`, or when the server stops. `holds` runs in a thread."""
    deadline = time.monotonic() + seconds
    while True:
        # Counted before looking, so that a ring in between is not missed.
        seen = world.bell.count((topic,))
        if await run_in_threadpool(holds):
            return
        again = time.monotonic() + LOOK_AGAIN_SECONDS
        while world.bell.count((topic,)) == seen and time.monotonic() < again:
            if world.bell.closed or time.monotonic() >= deadline:
                return
            await asyncio.sleep(LOOK_SECONDS)
        if world.bell.closed or time.monotonic() >= deadline:
            return
