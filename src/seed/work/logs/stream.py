"""Followers: wait until something is so, or until the server stops; and a log as server-sent events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from seed.builds.find import is_over
from seed.work.logs.log import LogLine, LogReader
from seed.work.world import World

POLL_SECONDS = 0.1
PING_SECONDS = 15.0


def until(world: World, topic: str, seconds: float, holds: Callable[[], bool]) -> None:
    """Returns when `holds()`, after `seconds`, or when the server stops."""
    deadline = time.monotonic() + seconds
    seen = world.bell.count((topic,))
    while not holds() and not world.bell.closed:
        left = deadline - time.monotonic()
        if left <= 0:
            return
        seen = world.bell.wait((topic,), seen, min(left, 5.0))


async def log_lines(world: World, build_id: int, path: Path, after: int) -> AsyncIterator[str]:
    """The log as server-sent events; the event `end` once the build has ended and all is told."""
    async for batch in log_batches(world, build_id, path, after):
        if batch is None:
            yield "event: end\ndata: {}\n\n"
        elif not batch:
            yield ": still here\n\n"
        else:
            data = json.dumps([[line.number, line.at, line.step, line.text] for line in batch])
            yield f"id: {batch[-1].number}\ndata: {data}\n\n"


async def log_batches(world: World, build_id: int, path: Path, after: int) -> AsyncIterator[list[LogLine] | None]:
    """Lines as they are written; an empty batch is a sign of life, None is the end."""
    reader = LogReader(path, after)
    quiet = time.monotonic()
    while not world.bell.closed:
        ended = await asyncio.to_thread(_ended, world, build_id)
        lines = await asyncio.to_thread(reader.poll)
        if lines:
            yield lines
            quiet = time.monotonic()
            continue
        if ended:
            yield None
            return
        if time.monotonic() - quiet > PING_SECONDS:
            yield []
            quiet = time.monotonic()
        await asyncio.sleep(POLL_SECONDS)


async def rings(world: World, topics: tuple[str, ...]) -> AsyncIterator[str]:
    """The event `look` whenever one of the topics rings."""
    seen = world.bell.count(topics)
    quiet = time.monotonic()
    yield ": here\n\n"
    while not world.bell.closed:
        await asyncio.sleep(POLL_SECONDS)
        count = world.bell.count(topics)
        if count != seen:
            seen = count
            yield "event: look\ndata: {}\n\n"
            quiet = time.monotonic()
        elif time.monotonic() - quiet > PING_SECONDS:
            yield ": still here\n\n"
            quiet = time.monotonic()


def _ended(world: World, build_id: int) -> bool:
    with world.database.read() as session:
        return is_over(session, build_id)
